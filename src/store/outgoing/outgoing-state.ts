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

/** Of all accounts; each looks at one index entry. */
const readWebhooks = `
select w.account_id as "accountId", w.webhook_id as "webhookId", w.is_paused as "isPaused",
  w.events && array['attention.raised', 'attention.cleared'] as "wantsAttention",
  not w.is_paused and exists (select from delivery d where d.account_id = w.account_id and d.webhook_id = w.webhook_id
    and d.status = 'pending' and d.next_attempt_at <= clock_timestamp()) as "isDue"
from outgoing_webhook w where w.deleted_at is null`;

export async function listDueWebhooks({ pool }: Db): Promise<DueWebhook[]> {
  return (await pool.query<DueWebhook>(readWebhooks)).rows;
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
