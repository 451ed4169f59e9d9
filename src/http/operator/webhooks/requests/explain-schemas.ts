import Type, { type Static } from 'typebox';
import type { MappingJson } from '../../../../core/mapping/mapping.ts';
import { fault } from '../../problem-schemas.ts';
import { nullable, oneOf, recordOf } from '../../value-schemas.ts';

const requestBody = Type.Object(
  {
    method: Type.Optional(oneOf(['GET', 'POST'])),
    query: Type.Optional(
      Type.Unsafe<unknown>({ type: ['object', 'string'], description: 'as an object or as text' }),
    ),
    headers: Type.Optional(recordOf(Type.String())),
    body: Type.Optional(Type.Unknown({ description: 'JSON, or the text of a form or of JSON' })),
  },
  { additionalProperties: false },
);

export const explainBody = Type.Object(
  {
    postback_id: Type.Optional(Type.String({ description: 'a logged request of this webhook' })),
    request: Type.Optional(requestBody),
    mapping: Type.Optional(
      Type.Unsafe<MappingJson | null>({
        type: ['object', 'null'],
        description: 'one that is not saved yet, in place of the webhook’s own',
      }),
    ),
    preset: Type.Optional(nullable(Type.String({ description: 'one that is not saved yet' }))),
  },
  {
    additionalProperties: false,
    examples: [{ request: { method: 'GET', query: 'click_id=CA1&payout=$12.50&status=sold' } }],
  },
);
export type ExplainBody = Static<typeof explainBody>;

const explained = {
  status: oneOf(['read', 'ignored', 'unreadable']),
  fields: recordOf(
    Type.Object({
      source: nullable(
        Type.String({ description: 'that was used; null for a constant, or where nothing was found' }),
      ),
      text: nullable(Type.String({ description: 'as it was sent' })),
      value: Type.Unknown({ description: 'as it was read' }),
      error: nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
    }),
    { description: 'by the name of the field; `add.KEY` for a tag' },
  ),
  errors: Type.Array(fault),
  unmet: Type.Optional(
    Type.Array(Type.Object({ source: Type.String(), text: nullable(Type.String()) }), {
      description: 'of `ignored`: the conditions that are not met, and what the request has there',
    }),
  ),
  unused: Type.Array(Type.Object({ source: Type.String(), text: nullable(Type.String()) }), {
    description: 'what no row reads, by the name that a row would give it',
  }),
};

export const explainedJson = Type.Object({
  ...explained,
  records: Type.Optional(
    Type.Array(Type.Object(explained), {
      description: 'every record, if the mapping has `each`; the first one is at the top level too',
    }),
  ),
});
