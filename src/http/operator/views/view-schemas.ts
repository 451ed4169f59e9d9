import Type, { type Static } from 'typebox';
import { callFilters, callSort } from '../calls/call-schemas.ts';
import { instant, nameText, oneOf, recordOf } from '../value-schemas.ts';

/** Periods that move with the calendar: a view of last week is always about last week. */
export const viewPeriods = ['today', 'yesterday', 'week', 'last-week', 'month', 'last-month'] as const;

export const viewQuery = Type.Object({
  ...callFilters.properties,
  period: Type.Optional(
    oneOf(viewPeriods, {
      description:
        'days that move with the calendar, in the account’s time zone, in place of `from` and `to`',
    }),
  ),
  sort: callSort,
});

/** Read by code, as the query of `GET /calls` is, so that the response lists every fault. */
const viewQueryText = recordOf(Type.String(), {
  description: 'the filters of `GET /calls` as text, `period` and `sort`',
  examples: [{ payout_status: 'held', period: 'last-week', sort: '-publisher_paid_out' }],
});

export const viewJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    query: viewQueryText,
    created_by: Type.String({ description: 'name of the person or token' }),
    created_at: instant,
    updated_at: instant,
  },
  { title: 'SavedView' },
);
export type ViewJson = Static<typeof viewJson>;

export const viewBody = Type.Object(
  { name: nameText, query: viewQueryText },
  { additionalProperties: false },
);

export const viewChangeBody = Type.Object(
  { name: Type.Optional(nameText), query: Type.Optional(viewQueryText) },
  { additionalProperties: false, minProperties: 1 },
);
