/** What the sender, the metrics and the overview read of outgoing webhooks. */
import type { Db } from '../database/connections/db.ts';
import type { PausedReason } from './outgoing-rows.ts';

export type FollowedWebhook = {
  accountId: string;
  webhookId: string;
  isPaused: boolean;
  wantsAttention: boolean;
};

/** Of all accounts. */
const readFollowed = `
select account_id as "accountId", webhook_id as "webhookId", is_paused as "isPaused",
  events && array['attention.raised', 'attention.cleared'] as "wantsAttention"
from outgoing_webhook where deleted_at is null`;

/** Each looks at one index entry. */
const readDue = `
select w.id from unnest($2::uuid[]) as w(id)
where exists (select from delivery d where d.account_id = $1 and d.webhook_id = w.id
  and d.status = 'pending' and d.next_attempt_at <= clock_timestamp())`;

export async function listFollowedWebhooks({ pool }: Db): Promise<FollowedWebhook[]> {
  return (await pool.query<FollowedWebhook>(readFollowed)).rows;
}

/** Of these webhooks of an account, those with a delivery that is due. */
export async function listDue({ pool }: Db, accountId: string, webhookIds: string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(readDue, [accountId, webhookIds]);
  return new Set(rows.map(({ id }) => id));
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
