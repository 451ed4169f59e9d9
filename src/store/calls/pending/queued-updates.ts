/** Updates that wait for their call to complete, and their application in the transaction that completes it. */

import type { CallValues, Changes } from '../../../core/calls/call.ts';
import { applyRepeat, type Repeats } from '../../../core/updates/fold/repeats.ts';
import type { PostbackStatus } from '../../../core/updates/postback.ts';
import { type UpdateJson, updateFromJson } from '../../../core/updates/update.ts';
import type { Queryable } from '../../database/connections/db.ts';
import { inOrderOfReceipt } from './queue-order.ts';

/** In the order in which they were queued. Must run under the call's lock, which queueing holds too. */
const readQueued = `
select postback_id, coalesce(first_received_at, received_at) as counts_from, update, repeats, batch_id from postback
where account_id = $1 and call_log_id = $2 and status = 'queued' and not is_dry_run
order by queue_position nulls first, postback_id`;

/** Results of the queued updates; first_status stays, because a repeat gets the first response. */
const writeApplied = `
update postback p set status = n.status, written_at = statement_timestamp(),
  applied_at = case when n.code is null then $3::timestamptz end,
  code = n.code, detail = n.detail, errors = n.errors, changes = n.changes,
  kept = n.kept
from json_to_recordset($2) as n(postback_id uuid, status text, code text, detail text, errors json, changes json,
  kept json)
where p.account_id = $1 and p.postback_id = n.postback_id`;

type QueuedRow = {
  postback_id: string;
  counts_from: string;
  update: UpdateJson;
  repeats: Repeats | null;
  batch_id: string | null;
};

/**
 * Applies a call's queued updates on top of `values`, in order, and records the result of each. One that can no
 * longer be applied is rejected with its code; its neighbours are not harmed.
 */
export async function applyQueued(
  client: Queryable,
  accountId: string,
  callLogId: string,
  values: CallValues,
  now: string,
): Promise<CallValues> {
  const { rows: queued } = await client.query<QueuedRow>(readQueued, [accountId, callLogId]);
  if (queued.length === 0) return values;
  let next = values;
  const rows = inOrderOfReceipt(queued).map(({ postback_id, counts_from, update, repeats }) => {
    const applied = applyRepeat(next, updateFromJson(update), counts_from, repeats ?? undefined);
    if ('code' in applied) {
      const { code, detail, errors } = applied;
      return { postback_id, status: 'rejected' satisfies PostbackStatus, code, detail, errors };
    }
    next = applied.values;
    const { changes, kept } = applied;
    return { postback_id, status: statusOf(changes), changes, ...(kept.length > 0 && { kept }) };
  });
  await client.query(writeApplied, [accountId, JSON.stringify(rows), now]);
  return next;
}

function statusOf(changes: Changes): PostbackStatus {
  return Object.keys(changes).length > 0 ? 'applied' : 'unchanged';
}
