/** Live calls whose end is never reported, found and completed. */
import { neverEnded } from '../../core/calls/call-event.ts';
import type { Db } from '../database/connections/db.ts';
import { type CallRow, callOf } from './call-columns.ts';
import { readOneCall } from './call-event-rows.ts';
import { applyToLocked, inArrival } from './call-events.ts';

/** A live call, by its place in the order of `listOverdueCalls`. */
export type OverdueCall = { accountId: string; startedAt: string; callLogId: string };

const beforeAllCalls: OverdueCall = {
  accountId: '00000000-0000-0000-0000-000000000000',
  startedAt: '-infinity',
  callLogId: '',
};

/** Over all accounts, in pages along call_live. Locks nothing. */
const readOverdue = `
select account_id, started_at, call_log_id from call
where state = 'live' and started_at < $1 and (account_id, started_at, call_log_id) > ($2, $3, $4)
order by account_id, started_at, call_log_id
limit $5`;

/** Skips a call that is locked: it is about to change, or another process completes it. */
const lockOverdue = `${readOneCall} and c.state = 'live' and c.started_at < $3 for no key update skip locked`;

/** The next `limit` live calls that started before an instant, behind the one given. */
export async function listOverdueCalls(
  { pool }: Db,
  startedBefore: string,
  limit: number,
  after: OverdueCall | null,
): Promise<OverdueCall[]> {
  const { accountId, startedAt, callLogId } = after ?? beforeAllCalls;
  type Row = { account_id: string; started_at: string; call_log_id: string };
  const values = [startedBefore, accountId, startedAt, callLogId, limit];
  const { rows } = await pool.query<Row>(readOverdue, values);
  return rows.map((row) => ({
    accountId: row.account_id,
    startedAt: row.started_at,
    callLogId: row.call_log_id,
  }));
}

/**
 * Completes a call as an event does, with its queued updates, in a separate transaction.
 * @param by who does it, for the timeline
 * @returns false where it is no longer live, started later than thought, or is locked
 */
export async function completeOverdueCall(
  { pool }: Db,
  { accountId, callLogId }: OverdueCall,
  startedBefore: string,
  by: string,
  now: string,
): Promise<boolean> {
  return inArrival(pool, accountId, { callLogIds: [], phoneNumbers: [] }, async (client, arrival) => {
    const { rows } = await client.query<CallRow>(lockOverdue, [accountId, callLogId, startedBefore]);
    if (rows[0] === undefined) return false;
    const event = { accountId, callLogId, event: neverEnded, by, receivedAt: now, mayCreate: false };
    await applyToLocked(client, callOf(rows[0]), event, arrival);
    return true;
  });
}
