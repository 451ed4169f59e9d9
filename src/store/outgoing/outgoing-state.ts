/** What the sender, the metrics and the overview read of outgoing webhooks. */
import type { Db } from '../database/db.ts';
import type { PausedReason } from './outgoing-rows.ts';

export type DueWebhook = {
  accountId: string;
  webhookId: string;
  isPaused: boolean;
  isDue: boolean;
  wantsAttention: boolean;
};

/** Of all accounts. */
const readWebhooks = `
select account_id as "accountId", webhook_id as "webhookId", is_paused as "isPaused",
  events && array['attention.raised', 'attention.cleared'] as "wantsAttention"
from outgoing_webhook where deleted_at is null`;

/** Of these webhooks, those with a delivery that is due; each looks at one index entry. */
const findDue = `
select w.id from unnest($2::uuid[]) as w(id)
where exists (select from delivery d where d.account_id = $1 and d.webhook_id = w.id
  and d.status = 'pending' and d.next_attempt_at <= clock_timestamp())`;

/** One statement for the webhooks, and one an account that has some, which Citus routes to one shard. */
export async function listDueWebhooks({ pool }: Db): Promise<DueWebhook[]> {
  const { rows: webhooks } = await pool.query<Omit<DueWebhook, 'isDue'>>(readWebhooks);
  const due = new Set<string>();
  for (const [accountId, own] of Map.groupBy(webhooks, (webhook) => webhook.accountId)) {
    const ids = own.filter(({ isPaused }) => !isPaused).map(({ webhookId }) => webhookId);
    if (ids.length === 0) continue;
    const { rows } = await pool.query<{ id: string }>(findDue, [accountId, ids]);
    for (const { id } of rows) due.add(id);
  }
  return webhooks.map((webhook) => ({ ...webhook, isDue: due.has(webhook.webhookId) }));
}

export type OutgoingTrouble = {
  webhookId: string;
  name: string;
  reason: PausedReason | null;
  /** instants */
  pausedAt: string | null;
  failingSince: string | null;
};

/** Webhooks that Ringback paused, or that have failed for an hour. @param accountId null: of all accounts */
export async function listOutgoingTroubles(
  { pool }: Db,
  accountId: string | null,
): Promise<OutgoingTrouble[]> {
  const { rows } = await pool.query<OutgoingTrouble>(
    `select webhook_id as "webhookId", name, paused_reason as reason, paused_at as "pausedAt",
       failing_since as "failingSince"
     from outgoing_webhook
     where ($1::uuid is null or account_id = $1) and deleted_at is null
       and (paused_reason in ('gone', 'failing')
         or (not is_paused and failing_since < clock_timestamp() - interval '1 hour'))
     order by account_id, webhook_id limit 100`,
    [accountId],
  );
  return rows;
}
