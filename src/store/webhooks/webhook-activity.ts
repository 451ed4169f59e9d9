/** What incoming webhooks had to do. Every read is bounded, and along an index that the log uses, too. */
import type { AnsweredStatus } from '../../core/updates/postback.ts';
import type { Db } from '../database/connections/db.ts';
import { firstIdAt } from '../database/statements/first-id.ts';

export type OutcomesOfWebhook = { webhookId: string; status: AnsweredStatus; count: number };

/** Postbacks of all webhooks by the outcome they were answered with, received from one instant until before another. */
export async function countByWebhook(
  { pool }: Db,
  accountId: string,
  fromMs: number,
  toMs: number,
): Promise<OutcomesOfWebhook[]> {
  const { rows } = await pool.query<OutcomesOfWebhook>(
    `select webhook_id as "webhookId", first_status as status, count(*) from postback
     where account_id = $1 and postback_id >= $2 and postback_id < $3 and webhook_id is not null and not is_dry_run
     group by webhook_id, first_status`,
    [accountId, firstIdAt(fromMs), firstIdAt(toMs)],
  );
  return rows;
}

export type LastPostback = { webhookId: string; lastAt: string | null };

/** When each webhook had its last postback, dry runs too; one step along postback_of_webhook each. */
export async function findLastPostbacks(
  { pool }: Db,
  accountId: string,
  webhookId: string | null,
): Promise<LastPostback[]> {
  const { rows } = await pool.query<LastPostback>(
    `select w.webhook_id as "webhookId",
       (select p.received_at from postback p where p.account_id = $1 and p.webhook_id = w.webhook_id
        order by p.postback_id desc limit 1) as "lastAt"
     from incoming_webhook w
     where w.account_id = $1 and w.deleted_at is null and ($2::uuid is null or w.webhook_id = $2::uuid)
     order by w.webhook_id desc`,
    [accountId, webhookId],
  );
  return rows;
}

export type RejectionsOfCode = {
  code: string;
  count: number;
  lastId: string;
  lastAt: string;
  detail: string;
};

/** More rejections of all webhooks than these, the newest, are not looked at. */
const rejectionsMax = 100_000;

/** A webhook's rejections since then, most frequent code first; along postback_not_applied. */
export async function countRejectionsOf(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  fromMs: number,
): Promise<{ items: RejectionsOfCode[]; isMore: boolean }> {
  const { rows } = await pool.query<RejectionsOfCode & { seen: number }>(
    `with rejected as materialized (
       select webhook_id, postback_id, code, is_dry_run, times_received from postback
       where account_id = $1 and status = 'rejected' and postback_id >= $3
       order by postback_id desc limit ${rejectionsMax}
     ), counted as (
       select code, sum(times_received)::bigint as count, max(postback_id::text)::uuid as last_id from rejected
       where webhook_id = $2 and not is_dry_run group by code
     )
     select c.code, c.count, c.last_id as "lastId", coalesce(p.last_received_at, p.received_at) as "lastAt", coalesce(p.detail, '') as detail,
       (select count(*) from rejected) as seen
     from counted c join postback p on p.account_id = $1 and p.postback_id = c.last_id
     order by c.count desc, c.code`,
    [accountId, webhookId, firstIdAt(fromMs)],
  );
  const isMore = (rows[0]?.seen ?? 0) >= rejectionsMax;
  return { items: rows.map(({ seen: _, ...row }) => row), isMore };
}
