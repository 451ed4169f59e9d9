/**
 * What the calls of a period brought, by day or by partner. Every sum is exact: numeric, made by the database.
 * Reads the calls of the period once, along call_by_start or the index of a filter.
 */
import type { Db } from '../database/connections/db.ts';
import { Where } from '../database/statements/where.ts';

type ReportPartner = 'campaign' | 'publisher' | 'buyer';
type ReportOrder =
  | 'revenue'
  | 'payout_owed'
  | 'payout_held'
  | 'payout_pending'
  | 'profit'
  | 'calls'
  | 'converted';

/** Money is canonical decimal text, with a minus where it is negative. */
export type ReportSums = {
  calls: number;
  live: number;
  converted: number;
  /** converted of all calls, 0 to 1, with 2 to 4 digits after the point; null where there are no calls */
  conversion_rate: string | null;
  revenue: string;
  payout_owed: string;
  payout_held: string;
  /** of calls that are live */
  payout_pending: string;
  /** revenue less payout_owed */
  profit: string;
};

/** Which calls are counted: those that started from `from` until before `to` (instants). */
export type ReportScope = { from: string; to: string } & Partial<Record<ReportPartner, string>>;

/** `by: 'day'` needs the instants at which the days begin; a partner's groups beyond `limit` are summed up as one. */
export type ReportGroups =
  | { by: 'day'; starts: string[] }
  | { by: ReportPartner; order: ReportOrder; limit: number };

type ReportRow = {
  /** of a day: its place in `starts`, from 0; of a partner: its rank, from 0; null: the groups beyond the limit */
  place: number | null;
  /** of the partner; null for calls that name none */
  name: string | null;
  /** how many groups the row represents */
  groups: number;
  sums: ReportSums;
};

export type CallReport = { totals: ReportSums; rows: ReportRow[] };

/** Over calls `c`. */
export const sumsOfCalls = `count(*) as calls, count(*) filter (where c.state = 'live') as live,
  count(*) filter (where c.converted) as converted, coalesce(sum(c.revenue_paid_out), 0) as revenue,
  coalesce(sum(c.publisher_paid_out) filter (where c.state = 'completed' and c.no_payout_reason is null), 0)
    as payout_owed,
  coalesce(sum(c.publisher_paid_out) filter (where c.state = 'completed' and c.no_payout_reason is not null), 0)
    as payout_held,
  coalesce(sum(c.publisher_paid_out) filter (where c.state = 'live'), 0) as payout_pending`;

const sumsOfGroups = [
  ...['calls', 'live', 'converted'].map((name) => `coalesce(sum(${name}), 0)::bigint as ${name}`),
  ...['revenue', 'payout_owed', 'payout_held', 'payout_pending'].map(
    (name) => `coalesce(sum(${name}), 0) as ${name}`,
  ),
].join(', ');

/** Rows in their order, then the total of them all, which is there for no calls too. */
export async function reportCalls(
  { pool }: Db,
  accountId: string,
  scope: ReportScope,
  groups: ReportGroups,
): Promise<CallReport> {
  const where = new Where('c.account_id', accountId);
  for (const name of ['campaign', 'publisher', 'buyer'] as const) where.equal(`c.${name}`, scope[name]);
  where.add((p) => `c.started_at >= ${p(scope.from)} and c.started_at < ${p(scope.to)}`);
  const grouped = groups.by === 'day' ? groupByDay(groups.starts, where) : groupByPartner(groups, where);
  type Row = Omit<ReportRow, 'sums'> & ReportSums & { is_total: boolean };
  const { rows } = await pool.query<Row>(
    `with ${grouped}
     select *, revenue - payout_owed as profit, round(converted::numeric / nullif(calls, 0), 4) as conversion_rate
     from (
       select place, name, grouping(place) = 1 as is_total, count(*) as groups, ${sumsOfGroups}
       from grouped group by grouping sets ((place, name), ())
     ) as summed
     order by is_total, place nulls last`,
    where.values,
  );
  const total = rows.pop();
  if (total?.is_total !== true) throw new Error('a report has no total');
  return {
    totals: sumsOf(total),
    rows: rows.map((row) => ({ place: row.place, name: row.name, groups: row.groups, sums: sumsOf(row) })),
  };
}

/** The database gets instants and no time zone, so that a day on which the clocks change has its real length. */
function groupByDay(starts: string[], where: Where): string {
  const parameter = `$${where.values.push(starts)}::timestamptz[]`;
  return `grouped as (
    select width_bucket(c.started_at, ${parameter}) - 1 as place, null as name, ${sumsOfCalls}
    from call c where ${where.text} group by 1
  )`;
}

function groupByPartner({ by, order, limit }: Exclude<ReportGroups, { by: 'day' }>, where: Where): string {
  const rank = order === 'profit' ? 'revenue - payout_owed' : order;
  const parameter = `$${where.values.push(limit)}::integer`;
  return `partners as (
    select c.${by} as name, ${sumsOfCalls} from call c where ${where.text} group by c.${by}
  ), ranked as (
    select *, row_number() over (order by ${rank} desc, calls desc, name) as rank from partners
  ), grouped as (
    select case when rank <= ${parameter} then rank - 1 end as place,
      case when rank <= ${parameter} then name end as name,
      calls, live, converted, revenue, payout_owed, payout_held, payout_pending
    from ranked
  )`;
}

export function sumsOf(row: ReportSums): ReportSums {
  return {
    calls: row.calls,
    live: row.live,
    converted: row.converted,
    conversion_rate: row.conversion_rate,
    revenue: row.revenue,
    payout_owed: row.payout_owed,
    payout_held: row.payout_held,
    payout_pending: row.payout_pending,
    profit: row.profit,
  };
}
