/** The sums of all calls that a filter means: one look at each of them, exact. 1,000,000 calls take about 1 s. */
import { type CallFilter, searchOf, whereOf } from '../calls/list/call-filter.ts';
import { resolveSearch } from '../calls/list/call-search.ts';
import type { Db } from '../database/connections/db.ts';
import { type ReportSums, sumsOf, sumsOfCalls } from './call-report.ts';

export async function totalCalls(db: Db, accountId: string, filter: CallFilter): Promise<ReportSums> {
  const where = whereOf(accountId, searchOf(await resolveSearch(db, accountId, filter)));
  const { rows } = await db.pool.query<ReportSums>(
    `select *, revenue - payout_owed as profit, round(converted::numeric / nullif(calls, 0), 4) as conversion_rate
     from (select ${sumsOfCalls} from call c where ${where.text}) as summed`,
    where.values,
  );
  if (rows[0] === undefined) throw new Error('an aggregate has one row');
  return sumsOf(rows[0]);
}
