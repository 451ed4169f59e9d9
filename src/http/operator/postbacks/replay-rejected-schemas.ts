import Type, { type Static } from 'typebox';
import { changes, nameText, nullable } from '../value-schemas.ts';
import { attachedJson, attachMatchingBody } from './attach-matching-schemas.ts';

/** One after the other, a few milliseconds each: a proxy waits for the response. */
export const replayedMax = 1_000;

const { webhook_id, from, to, dry_run, cursor } = attachMatchingBody.properties;

export const replayRejectedBody = Type.Optional(
  Type.Object(
    {
      webhook_id,
      from,
      to,
      code: Type.Optional({ ...nameText, description: 'why they were rejected', examples: ['unknown_word'] }),
      call_log_id: Type.Optional({ ...nameText, description: 'those for one call alone' }),
      dry_run,
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: replayedMax, description: `${replayedMax} if left out` }),
      ),
      cursor,
    },
    { additionalProperties: false },
  ),
);

export const replayedJson = Type.Object({
  dry_run: Type.Boolean(),
  summary: attachedJson.properties.summary,
  skipped: Type.Integer({ description: 'that cannot be replayed: their webhook or request is gone' }),
  items: Type.Array(
    Type.Object({
      postback_id: Type.String({ description: 'the one that was rejected' }),
      call_log_id: nullable(Type.String({ description: 'the call that it has now' })),
      status: Type.String({ description: 'of the replay: applied, unchanged, queued, waiting or rejected' }),
      code: nullable(Type.String({ description: 'why it is rejected again' })),
      changes,
    }),
  ),
  next_cursor: attachedJson.properties.next_cursor,
});
export type ReplayedJson = Static<typeof replayedJson>;
