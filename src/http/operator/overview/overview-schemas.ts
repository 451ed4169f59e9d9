import Type, { type Static } from 'typebox';
import { instant, nullable, oneOf } from '../value-schemas.ts';
import { outcomeCountsJson } from '../webhooks/activity/webhook-activity-schemas.ts';

const counted = Type.Integer();
export const activityJson = Type.Object({
  minutes: Type.Array(
    Type.Object({
      at: instant,
      counts: nullable(outcomeCountsJson),
    }),
    { description: 'the last hour, oldest first; null: not counted yet, ask again' },
  ),
  live_calls: Type.Integer(),
  queued_updates: Type.Integer({ description: 'that wait for their calls to complete' }),
  commit: nullable(
    Type.Object(
      { p50_ms: Type.Number(), p99_ms: Type.Number(), commits: Type.Integer() },
      {
        description:
          'transactions of the last 5 minutes of the process that answers; null if there were none',
      },
    ),
  ),
});
export type ActivityJson = Static<typeof activityJson>;

const windowHours = Type.Integer({ description: 'the hours up to now that were looked at' });
const silentMembers = { last_at: instant, window_hours: windowHours };
const seenMembers = {
  id: Type.String({ description: 'of the fault, to acknowledge it', examples: ['unmatched:call_not_found'] }),
  acknowledged: nullable(
    Type.Object(
      { by: Type.String(), at: instant },
      { description: 'a person has seen it; it needs attention again when it occurs again' },
    ),
  ),
};
const attentionItemJson = Type.Union([
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['rising_rejections']),
      webhook_id: Type.String(),
      webhook_name: Type.String(),
      window_hours: windowHours,
      rejected: counted,
      total: Type.Integer({ description: 'postbacks of the window, rejected or not' }),
      total_is_more: Type.Boolean({ description: 'and more, which were not counted' }),
      usual: Type.Number({ description: 'rejected in as many hours before, on average' }),
      code: Type.String({ description: 'the most frequent one' }),
    },
    { description: 'A webhook rejects more than it used to' },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['silent_webhook']),
      webhook_id: Type.String(),
      webhook_name: Type.String(),
      ...silentMembers,
    },
    { description: 'A sender that used to post at this time has stopped' },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['silent_publisher', 'silent_buyer']),
      name: Type.String(),
      ...silentMembers,
    },
    { description: 'A partner that used to have calls at this time has none' },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['unmatched']),
      code: oneOf(['call_not_found', 'no_call_in_window', 'ambiguous_call']),
      count: counted,
      is_more: Type.Boolean({ description: 'and more, which were not counted' }),
      from: instant,
    },
    { description: 'Postbacks of the last day that found no call, and were not replayed since' },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['invalid_keys']),
      webhook_id: nullable(Type.String({ description: 'null: the keys are of no webhook' })),
      webhook_name: nullable(Type.String()),
      requests: counted,
      addresses: counted,
      last: Type.Object({ postback_id: Type.String(), at: instant }),
    },
    {
      description:
        'Requests of the last day with an expired or replaced key of a webhook, or with an unknown one',
    },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['outgoing_failing']),
      webhook_id: Type.String(),
      webhook_name: Type.String(),
      paused: Type.Boolean({ description: 'true: Ringback has paused it, and stores its events' }),
      reason: oneOf(['gone', 'failing']),
      since: instant,
    },
    { description: 'An outgoing webhook has failed for an hour, or is paused because of it' },
  ),
  Type.Object(
    {
      ...seenMembers,
      kind: oneOf(['waiting_updates']),
      calls: counted,
      updates: counted,
      live_for_hours: Type.Integer(),
      oldest: Type.Object({ call_log_id: Type.String(), started_at: instant }),
    },
    { description: 'Updates wait for calls that should be over' },
  ),
]);
export type AttentionItemJson = Static<typeof attentionItemJson>;
type Unseen<Item> = Item extends unknown ? Omit<Item, keyof typeof seenMembers> : never;
/** Whether a person has seen it is not known yet. */
export type FoundItem = Unseen<AttentionItemJson>;

export const acknowledgementBody = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 1_000, examples: ['unmatched:call_not_found'] }) },
  { additionalProperties: false },
);

export const attentionJson = Type.Object({
  at: instant,
  last_postback_at: nullable({
    ...instant,
    description: 'of all webhooks that are not paused; null: none came yet, and an empty list means nothing',
  }),
  items: Type.Array(attentionItemJson),
});
export type AttentionJson = Static<typeof attentionJson>;
