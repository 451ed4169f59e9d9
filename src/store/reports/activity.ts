/** What is going on now, of one account. */
import { type AnsweredStatus, noOutcomes, type OutcomeCounts } from '../../core/updates/postback.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';

/** Postbacks by the outcome that they were answered with, received from `fromMs` until before `toMs`; along the primary key. */
export async function countOutcomes(
  { pool }: Db,
  accountId: string,
  fromMs: number,
  toMs: number,
): Promise<OutcomeCounts> {
  const { rows } = await pool.query<{ first_status: AnsweredStatus; count: number }>(
    `select first_status, count(*) from postback
     where account_id = $1 and postback_id >= $2 and postback_id < $3 and webhook_id is not null and not is_dry_run
     group by first_status`,
    [accountId, firstIdAt(fromMs), firstIdAt(toMs)],
  );
  const counts = noOutcomes();
  for (const { first_status, count } of rows) counts[first_status] = count;
  return counts;
}

/** How many calls are live and how many updates wait for them; along call_live and postback_queued. */
export async function countWaiting(
  { pool }: Db,
  accountId: string,
): Promise<{ liveCalls: number; queuedUpdates: number }> {
  const { rows } = await pool.query<{ live: number; queued: number }>(
    `select (select count(*) from call where account_id = $1 and state = 'live') as live,
       (select count(*) from postback where account_id = $1 and status = 'queued' and not is_dry_run) as queued`,
    [accountId],
  );
  return { liveCalls: rows[0]?.live ?? 0, queuedUpdates: rows[0]?.queued ?? 0 };
}
