import type { PostbackStatus } from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';
import { Where } from '../database/statements/where.ts';

/** What a replay needs of the postback that it repeats. */
export type RecordedPostback = {
  postbackId: string;
  webhookId: string;
  status: PostbackStatus;
  /** as it was answered */
  firstStatus: PostbackStatus;
  transactionId: string | null;
  isDryRun: boolean;
  /** the request as it first came: the postback's own, unless that is a replay itself */
  first: {
    postbackId: string;
    /** instant */
    receivedAt: string;
    sourceIp: string;
    code: RejectionCode | null;
    /** JSON text, with every digit */
    request: string;
  };
};

type RecordedRow = Omit<RecordedPostback, 'first'> & {
  id: string;
  received_at: string;
  source_ip: string;
  code: RejectionCode | null;
  request: string;
};

/** Null for changes by hand, too: they came through no webhook. */
export async function findRecordedPostback(
  { pool }: Db,
  accountId: string,
  postbackId: string,
): Promise<RecordedPostback | null> {
  const { rows } = await pool.query<RecordedRow>(
    `select p.postback_id as "postbackId", p.webhook_id as "webhookId", p.status, p.first_status as "firstStatus",
       p.transaction_id as "transactionId", p.is_dry_run as "isDryRun",
       f.postback_id as id, f.received_at, f.source_ip, f.code, f.request::text as request
     from postback p
     join postback f on f.account_id = $1 and f.postback_id = coalesce(p.replay_of, p.postback_id)
     where p.account_id = $1 and p.postback_id = $2 and p.webhook_id is not null`,
    [accountId, postbackId],
  );
  if (rows[0] === undefined) return null;
  const { id, received_at, source_ip, code, request, ...postback } = rows[0];
  return {
    ...postback,
    first: { postbackId: id, receivedAt: received_at, sourceIp: source_ip, code, request },
  };
}

/** `after`: the id of the postback that was looked at last */
export type ReplayableFilter = Partial<{
  webhookId: string;
  code: string;
  callLogId: string;
  fromMs: number;
  toMs: number;
  after: string;
}>;

/**
 * Ids of rejected postbacks, the oldest first, along the indexes of the log. Left out is what is done: dismissed, or replayed with
 * success. Requests with a key that is no longer valid are not the sender's any more.
 */
export async function listReplayable(
  { pool }: Db,
  accountId: string,
  { webhookId, code, callLogId, fromMs, toMs, after }: ReplayableFilter,
  limit: number,
): Promise<string[]> {
  const where = new Where('p.account_id', accountId);
  where.equal('p.status', 'rejected');
  where.equal('p.webhook_id', webhookId);
  where.equal('p.code', code);
  where.equal('p.call_log_id', callLogId);
  if (after !== undefined) where.add((p) => `p.postback_id > ${p(after)}`);
  if (fromMs !== undefined) where.add((p) => `p.postback_id >= ${p(firstIdAt(fromMs))}`);
  if (toMs !== undefined) where.add((p) => `p.postback_id < ${p(firstIdAt(toMs))}`);
  where.add(
    () =>
      `p.webhook_id is not null and p.code <> 'invalid_auth_key' and not p.is_dry_run and p.replay_of is null
      and p.undo_of is null and p.dismissed_at is null`,
  );
  where.add(
    () => `not exists (select from postback r where r.account_id = $1 and r.replay_of = p.postback_id
    and r.status <> 'rejected' and not r.is_dry_run)`,
  );
  const { rows } = await pool.query<{ id: string }>(
    `select p.postback_id as id from postback p where ${where.text} order by p.postback_id limit ${limit}`,
    where.values,
  );
  return rows.map(({ id }) => id);
}
