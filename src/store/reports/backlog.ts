import { instantOfId } from '../../ordered-id.ts';
import type { Db } from '../database/connections/db.ts';

/** What waits, over all accounts. Instants; null where nothing waits. */
export type Backlog = {
  liveCalls: number;
  oldestLiveCallAt: string | null;
  queuedUpdates: number;
  oldestQueuedUpdateAt: string | null;
  /** events that outgoing webhooks have not got yet */
  pendingDeliveries: number;
  /** outgoing webhooks that fail, or that Ringback has paused */
  failingWebhooks: number;
};

/** Both sides read a partial index alone, whose size is what it counts. */
const readCounts = `
select * from
  (select count(*) as live_calls, min(started_at) as oldest_live_call_at from call where state = 'live') as live,
  (select count(*) as queued_updates, min(postback_id::text) as oldest_queued_id from postback
   where status = 'queued' and not is_dry_run) as queued,
  (select count(*) as pending_deliveries from delivery where status = 'pending') as pending,
  (select count(*) as failing_webhooks from outgoing_webhook
   where deleted_at is null and (failing_since is not null or paused_reason in ('gone', 'failing'))) as failing`;

type BacklogRow = {
  live_calls: number;
  oldest_live_call_at: string | null;
  queued_updates: number;
  oldest_queued_id: string | null;
  pending_deliveries: number;
  failing_webhooks: number;
};

export async function readBacklog({ pool }: Db): Promise<Backlog> {
  const { rows } = await pool.query<BacklogRow>(readCounts);
  const [row] = rows;
  if (row === undefined) throw new Error('a count has no row');
  return {
    liveCalls: row.live_calls,
    oldestLiveCallAt: row.oldest_live_call_at,
    queuedUpdates: row.queued_updates,
    oldestQueuedUpdateAt: row.oldest_queued_id === null ? null : instantOfId(row.oldest_queued_id),
    pendingDeliveries: row.pending_deliveries,
    failingWebhooks: row.failing_webhooks,
  };
}
