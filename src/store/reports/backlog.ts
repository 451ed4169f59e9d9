import { instantOfId } from '../../ordered-id.ts';
import type { Db } from '../database/db.ts';

/** What waits, over all accounts. Instants; null where nothing waits. */
export type Backlog = {
  liveCalls: number;
  oldestLiveCallAt: string | null;
  queuedUpdates: number;
  oldestQueuedUpdateAt: string | null;
};

/** Both sides read a partial index alone, whose size is what it counts. */
const readCounts = `
select * from
  (select count(*) as live_calls, min(started_at) as oldest_live_call_at from call where state = 'live') as live,
  (select count(*) as queued_updates, min(postback_id::text) as oldest_queued_id from postback
   where status = 'queued' and not is_dry_run) as queued`;

type BacklogRow = {
  live_calls: number;
  oldest_live_call_at: string | null;
  queued_updates: number;
  oldest_queued_id: string | null;
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
  };
}
