import Type, { type Static } from 'typebox';
import { unmatchedCodes } from '../../../core/updates/fold/wait.ts';
import { changes, nullable, oneOf } from '../value-schemas.ts';

/** One after the other, a few milliseconds each: a proxy waits for the response. */
export const attachedMax = 1_000;

export const attachMatchingBody = Type.Optional(
  Type.Object(
    {
      webhook_id: Type.Optional(Type.String({ description: 'those of one incoming webhook alone' })),
      from: Type.Optional(
        Type.String({
          description: 'received since: a day in the account’s time zone, or a date-time',
          examples: ['2026-11-01'],
        }),
      ),
      to: Type.Optional(
        Type.String({
          description: 'received until: a day with all of it, or a date-time',
          examples: ['2026-11-30'],
        }),
      ),
      status: Type.Optional(oneOf(['waiting', 'expired', 'rejected'])),
      code: Type.Optional(oneOf(unmatchedCodes, { description: 'why it found no call' })),
      dry_run: Type.Optional(Type.Boolean({ description: 'tell what it would do, and do nothing' })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: attachedMax, description: `${attachedMax} if left out` }),
      ),
      cursor: Type.Optional(Type.String({ description: '`next_cursor` of the response before' })),
    },
    { additionalProperties: false },
  ),
);
const count = Type.Integer();
export const attachedJson = Type.Object({
  dry_run: Type.Boolean(),
  summary: Type.Object({
    applied: count,
    unchanged: count,
    queued: count,
    duplicate: count,
    rejected: count,
  }),
  items: Type.Array(
    Type.Object({
      postback_id: Type.String(),
      call_log_id: Type.String({ description: 'the only call with the number of the postback' }),
      status: Type.String({ description: 'of the postback now: applied, unchanged, queued or rejected' }),
      code: nullable(Type.String({ description: 'why it is rejected' })),
      changes,
    }),
  ),
  next_cursor: nullable(
    Type.String({ description: 'there may be more: send the same request with this `cursor`' }),
  ),
});
export type AttachedJson = Static<typeof attachedJson>;
