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
