import Type from 'typebox';
import { matchedBys } from '../../core/updates/postback.ts';
import { rejectionCodes } from '../../core/updates/rejection.ts';
import { nullable, oneOf, optional } from './value-schemas.ts';

export const fault = Type.Object(
  {
    field: nullable(Type.String({ description: 'as it was sent; null for the request as a whole' })),
    code: Type.String({ examples: ['invalid_value'] }),
    detail: Type.String({ description: 'what to do' }),
  },
  { title: 'FieldError' },
);

export const problemJson = Type.Object(
  {
    type: Type.String({ examples: ['urn:ringback:problem:invalid_value'] }),
    title: Type.String({ examples: [rejectionCodes.invalid_value.title] }),
    status: Type.Integer({ examples: [rejectionCodes.invalid_value.httpStatus] }),
    detail: Type.String({ description: 'what to do' }),
    code: oneOf(Object.keys(rejectionCodes), { examples: ['invalid_value'] }),
    postback_id: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(fault, { description: 'every fault of the request' })),
    call_log_ids: Type.Optional(Type.Array(Type.String(), { description: 'the calls that match' })),
    ...optional({
      call_log_id: Type.String(),
      matched_by: nullable(oneOf(matchedBys)),
      candidates: Type.Integer(),
      ignored: Type.Array(Type.String()),
      dry_run: Type.Boolean(),
      line: Type.Integer({ description: 'of a file, counted from 1' }),
      batch_id: Type.String({ description: 'of a batch that was rejected as a whole' }),
      summary: Type.Unknown(),
      results: Type.Array(Type.Unknown()),
    }),
  },
  { $id: 'Problem' },
);

/** The answer to a request that was rejected, as a response of a route's schema. */
export const problem = {
  description: 'Rejected: `detail` says what to do',
  content: { 'application/problem+json': { schema: Type.Ref('Problem') } },
};

/** The same for what every route may answer. */
export const notDone = { ...problem, description: 'Not done: send it again after `Retry-After`' };
