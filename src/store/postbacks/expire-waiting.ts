/** Postbacks that waited for a call as long as they may. */
import { type Db, inTransaction } from '../database/connections/db.ts';

/** With this code a postback that waited for its call would have been rejected; it has its own where several calls matched. */
export const unmatchedCode = `coalesce(p.code, case when p.phone_number is null then 'call_not_found' else 'no_call_in_window' end)`;

/** Along postback_waiting_until. Passes by rows that a call or a person is about to settle. */
const lockDue = `
select postback_id as id from postback
where account_id = $1 and status = 'waiting' and not is_dry_run and waits_until <= $2
order by waits_until limit $3 for no key update skip locked`;

/** A separate statement, so that `written_at` is from after the lock. */
const expire = `
update postback p set status = 'expired', written_at = statement_timestamp(), code = ${unmatchedCode},
  detail = coalesce(p.detail, $3)
where p.account_id = $1 and p.postback_id = any($2::uuid[])`;

const detail = 'No call came within its waiting time: attach it to a call by hand, or dismiss it.';

/** Expires at most `limit` postbacks of an account. Any number of processes may do so. @returns how many */
export async function expireWaiting(
  { pool }: Db,
  accountId: string,
  limit: number,
  now: string,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows: due } = await client.query<{ id: string }>(lockDue, [accountId, now, limit]);
    if (due.length > 0) await client.query(expire, [accountId, due.map(({ id }) => id), detail]);
    return due.length;
  });
}
