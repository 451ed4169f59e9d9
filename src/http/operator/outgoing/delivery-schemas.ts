import Type, { type Static } from 'typebox';
import { eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { instantQuery, page, textQuery } from '../list-schemas.ts';
import { instant, nullable, oneOf } from '../value-schemas.ts';
import { attemptJson } from './outgoing-schemas.ts';

export const deliveryStatuses = [
  'pending',
  'delivered',
  'failed',
  'skipped',
  'superseded',
  'discarded',
] as const;

export const deliveryJson = Type.Object(
  {
    id: Type.String(),
    webhook_id: Type.String(),
    webhook_name: Type.String(),
    event: oneOf(eventTypes),
    event_id: Type.String({ description: 'the webhook-id of every attempt' }),
    call_log_id: nullable(Type.String()),
    sequence: nullable(Type.Integer()),
    status: oneOf(deliveryStatuses, {
      description:
        'failed: after the last attempt; skipped: a macro has no value; superseded: a newer event was sent instead; discarded: on resume or deletion',
    }),
    attempts: Type.Array(attemptJson, { description: 'oldest first' }),
    next_attempt_at: nullable(instant),
    created_at: instant,
    finished_at: nullable(instant),
  },
  { title: 'Delivery' },
);
export type DeliveryJson = Static<typeof deliveryJson>;

export const deliveryDetailJson = Type.Interface([deliveryJson], {
  payload: Type.Unknown({ description: 'the event, as the format "event" sends it' }),
});

export const deliveriesQuery = Type.Object({
  ...page,
  webhook_id: textQuery,
  status: Type.Optional(oneOf(deliveryStatuses)),
  event: Type.Optional(oneOf(eventTypes)),
  call_log_id: textQuery,
  from: instantQuery,
  to: instantQuery,
});

export const replayRangeBody = Type.Object(
  {
    from: Type.String({ description: 'a day in the account’s time zone, or a date-time' }),
    to: Type.Optional(Type.String({ description: 'a day with all of it, or a date-time; now if left out' })),
    status: Type.Optional(
      Type.Union([oneOf(deliveryStatuses), Type.Array(oneOf(deliveryStatuses), { minItems: 1 })], {
        description: 'failed if left out',
      }),
    ),
  },
  { additionalProperties: false },
);
export const replayedJson = Type.Object({
  replayed: Type.Integer({ description: 'deliveries that are sent again' }),
});
