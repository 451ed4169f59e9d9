/** Postbacks that found no call where one call alone has their number: what one rule can attach (docs/senders.md#waiting-for-the-call). */
import { unmatchedCodes } from '../../core/updates/fold/wait.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';
import { Where } from '../database/statements/where.ts';

export type MatchingFilter = Partial<{
  webhookId: string;
  fromMs: number;
  toMs: number;
  status: 'waiting' | 'expired' | 'rejected';
  code: string;
  /** the id of a postback that was looked at */
  after: string;
}>;
export type MatchingPair = { postbackId: string; callLogId: string };

/**
 * Oldest first; along postback_not_applied, and for each one along call_by_phone. Left out is what is done: dismissed, or
 * replayed. Call data is for the first call of its lifespan alone.
 */
export async function listMatching(
  { pool }: Db,
  accountId: string,
  { webhookId, fromMs, toMs, status, code, after }: MatchingFilter,
  limit: number,
): Promise<MatchingPair[]> {
  const where = new Where('p.account_id', accountId);
  where.equal('p.webhook_id', webhookId);
  where.equal('p.status', status);
  where.equal('p.code', code);
  if (after !== undefined) where.add((p) => `p.postback_id > ${p(after)}`);
  if (fromMs !== undefined) where.add((p) => `p.postback_id >= ${p(firstIdAt(fromMs))}`);
  if (toMs !== undefined) where.add((p) => `p.postback_id < ${p(firstIdAt(toMs))}`);
  where.add(() => `p.status in ('waiting', 'expired', 'rejected')`);
  where.add((p) => `(p.status <> 'rejected' or p.code = any(${p(unmatchedCodes)}::text[]))`);
  where.add(
    () =>
      `p.phone_number is not null and not p.is_dry_run and p.replay_of is null and p.dismissed_at is null`,
  );
  where.add(() => `w.type <> 'call_data' and w.deleted_at is null`);
  where.add(
    () => `not exists (select from postback r where r.account_id = $1 and r.replay_of = p.postback_id
    and r.status <> 'rejected' and not r.is_dry_run)`,
  );
  const { rows } = await pool.query<MatchingPair>(
    `select p.postback_id as "postbackId", calls.ids[1] as "callLogId" from postback p
     join incoming_webhook w on w.account_id = $1 and w.webhook_id = p.webhook_id
     cross join lateral (
       select array(select c.call_log_id from call c where c.account_id = $1 and c.phone_number = p.phone_number
         limit 2) as ids
     ) as calls
     where ${where.text} and cardinality(calls.ids) = 1 order by p.postback_id limit ${limit}`,
    where.values,
  );
  return rows;
}
