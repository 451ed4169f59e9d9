/** The order in which postbacks count that waited for a call, or for its end. */
import type { Queryable } from '../../database/connections/db.ts';

type QueuedRow = { postback_id: string; batch_id: string | null };

/**
 * Rows in the order of their receipt.
 * @param rows in the order in which they were written. Items of one batch that named a call in several ways, before it was
 *   known, were written in any order; their ids are in that of the batch
 */
export function inOrderOfReceipt<R extends QueuedRow>(rows: readonly R[]): R[] {
  const ordered = [...rows];
  const batches = Map.groupBy(rows.entries(), ([, { batch_id }]) => batch_id);
  batches.delete(null);
  for (const items of batches.values()) {
    const sorted = items.map(([, row]) => row).sort((a, b) => (a.postback_id < b.postback_id ? -1 : 1));
    for (const [at, row] of sorted.entries()) ordered[items[at]?.[0] ?? 0] = row;
  }
  return ordered;
}

const readPlaced = `
select postback_id, queue_position is not null as is_placed from postback where account_id = $1 and not is_dry_run
  and (postback_id = any($2::uuid[]) or (call_log_id = any($3::text[]) and status = 'queued'))
order by postback_id`;

const writePositions = `
update postback p set queue_position = n.queue_position
from json_to_recordset($2) as n(postback_id uuid, queue_position bigint)
where p.account_id = $1 and p.postback_id = n.postback_id`;

/**
 * Gives postbacks that were decided again, and what is queued for their calls, positions in the order of receipt. One that was
 * applied at once has none, and would be read as if it came before all that have waited.
 */
export async function placeByReceipt(
  client: Queryable,
  accountId: string,
  decided: { postbackId: string; callLogId: string | null }[],
): Promise<void> {
  const { rows: placed } = await client.query<{ postback_id: string; is_placed: boolean }>(readPlaced, [
    accountId,
    decided.map(({ postbackId }) => postbackId),
    decided.map(({ callLogId }) => callLogId).filter((id) => id !== null),
  ]);
  if (placed.every(({ is_placed }) => is_placed)) return;
  const { rows: positions } = await client.query<{ queue_position: string }>(
    `select nextval('postback_queue_position')::text as queue_position from generate_series(1, $1)`,
    [placed.length],
  );
  const rows = placed.map(({ postback_id }, at) => ({ postback_id, ...positions[at] }));
  await client.query(writePositions, [accountId, JSON.stringify(rows)]);
}
