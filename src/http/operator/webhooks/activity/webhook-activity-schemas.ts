import Type, { type Static } from 'typebox';
import { textQuery } from '../../list-schemas.ts';
import { instant, nullable } from '../../value-schemas.ts';

const counted = Type.Integer();
export const hoursMax = 168;

export const outcomeCountsJson = Type.Object(
  {
    applied: counted,
    unchanged: counted,
    queued: counted,
    waiting: counted,
    created: counted,
    kept: counted,
    rejected: counted,
  },
  { description: 'as they were answered; repeats leave no row, and dry runs are left out' },
);

export const activityQuery = Type.Object({
  hours: Type.Optional(
    Type.Integer({ minimum: 1, maximum: hoursMax, description: '24 if left out; the current one counts' }),
  ),
  webhook_id: textQuery,
});

export const webhookActivityJson = Type.Object({
  hours: Type.Array(instant, { description: 'the beginnings of the hours, oldest first' }),
  items: Type.Array(
    Type.Object({
      webhook_id: Type.String(),
      last_postback_at: nullable(instant),
      counts: Type.Array(nullable(outcomeCountsJson), {
        description: 'one an hour; null: not counted yet, ask again',
      }),
    }),
  ),
});
export type WebhookActivityJson = Static<typeof webhookActivityJson>;

export const rejectionsQuery = Type.Object({
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: hoursMax, description: '24 if left out' })),
});

export const webhookRejectionsJson = Type.Object({
  items: Type.Array(
    Type.Object({
      code: Type.String(),
      count: counted,
      last: Type.Object(
        { postback_id: Type.String(), at: instant, detail: Type.String() },
        { description: 'the latest one' },
      ),
    }),
    { description: 'most frequent first' },
  ),
  is_more: Type.Boolean({ description: 'there were more, older ones, which were not counted' }),
});
export type WebhookRejectionsJson = Static<typeof webhookRejectionsJson>;
