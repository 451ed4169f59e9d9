import Type, { type Static } from 'typebox';
import { limitDefault, limitMax, textQuery } from '../list-schemas.ts';
import { instant, nullable, oneOf } from '../value-schemas.ts';

export const reportGroupings = ['day', 'campaign', 'publisher', 'buyer'] as const;
export const reportOrders = [
  'revenue',
  'payout_owed',
  'payout_held',
  'payout_pending',
  'profit',
  'calls',
  'converted',
] as const;
export const reportDaysMax = 400;

const sum = (description: string) => Type.String({ description, examples: ['1234.50'] });
export const sums = {
  calls: Type.Integer({ description: 'that started in the period, live ones too' }),
  live: Type.Integer({ description: 'of them still live' }),
  converted: Type.Integer(),
  conversion_rate: nullable(
    Type.String({
      description: 'converted of all calls, rounded to 4 digits; null without calls',
      examples: ['0.2534'],
    }),
  ),
  revenue: sum('what buyers pay'),
  payout_owed: sum('payouts of completed calls without a no_payout_reason'),
  payout_held: sum('payouts of completed calls with a no_payout_reason'),
  payout_pending: sum('payouts of live calls'),
  profit: sum('revenue minus payout_owed; may be negative'),
};

/** What the calls of a period brought. Every amount is exact decimal text. */
export const callReportJson = Type.Object({
  by: oneOf(reportGroupings),
  from: Type.String({ ...instant, description: 'first instant of the period' }),
  to: Type.String({ ...instant, description: 'first instant after it' }),
  time_zone: Type.String({ description: 'in which days begin' }),
  totals: Type.Object(sums, { description: 'of the whole period' }),
  rows: Type.Array(
    Type.Object({
      key: nullable(
        Type.String({ description: 'the date, or the name; null for calls that name no such partner' }),
      ),
      ...sums,
    }),
    { description: 'every day of the period in order, or partners with the greatest first' },
  ),
  rest: nullable(
    Type.Object(
      { groups: Type.Integer({ description: 'how many partners' }), ...sums },
      { description: 'the partners beyond the limit, together' },
    ),
  ),
});
export type CallReportJson = Static<typeof callReportJson>;

const day = 'a date (a whole day in the account’s time zone) or an RFC 3339 date-time';
export const callReportQuery = Type.Object({
  by: Type.Optional(oneOf(reportGroupings, { description: 'day if left out' })),
  from: Type.Optional(
    Type.String({ description: `begin: ${day}; today if left out`, examples: ['2026-11-01'] }),
  ),
  to: Type.Optional(
    Type.String({
      description: `end: ${day}, the first moment after it; today if left out`,
      examples: ['2026-11-30'],
    }),
  ),
  campaign: textQuery,
  publisher: textQuery,
  buyer: textQuery,
  order: Type.Optional(oneOf(reportOrders, { description: 'of partners; revenue if left out' })),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limitMax,
      description: `partners; ${limitDefault} if left out`,
    }),
  ),
});
