/** What people do with postbacks that found no call: name the call, or dismiss the postback (docs/senders.md#waiting-for-the-call). */

import type { FoldedCall } from '../../core/calls/call.ts';
import { settle } from '../../core/updates/fold/settle.ts';
import type { Outcome, PostbackStatus } from '../../core/updates/postback.ts';
import { type Actor, type AuditChanges, recordAct } from '../access/audit.ts';
import { type CallRow, foldedCallOf } from '../calls/call-columns.ts';
import { inArrival, recordWaitingLeg } from '../calls/call-events.ts';
import {
  type Arrival,
  settleLeg,
  type WaitingRow,
  waitedOf,
  waitingColumns,
  writeSettlement,
} from '../calls/pending/waiting-postbacks.ts';
import { type Db, inTransaction, type Queryable } from '../database/connections/db.ts';
import { lockCalls } from '../writer/lock-calls.ts';
import { unmatchedCode } from './expire-waiting.ts';

export type Attachment = {
  accountId: string;
  postbackId: string;
  /** any id of the call */
  callLogId: string;
  isDryRun: boolean;
};

/** `not_waiting`: it neither waits nor has expired. */
export type Attached = Outcome | 'unknown_call' | 'not_waiting';

const lockWaited = `
select ${waitingColumns}, p.status from postback p
where p.account_id = $1 and p.postback_id = $2 and p.status in ('waiting', 'expired') and not p.is_dry_run
for no key update`;

/** Applies or queues a postback that waits or has expired, for a call that a person names. A leg becomes one of that call. */
export async function attachWaiting(
  { pool }: Db,
  attachment: Attachment,
  actor: Actor,
  now: string,
): Promise<Attached> {
  const { accountId } = attachment;
  return inArrival(pool, accountId, { callLogIds: [], phoneNumbers: [] }, (client, arrival) =>
    attach(client, attachment, actor, now, arrival),
  ).catch((error: unknown) => {
    if (error instanceof DryRun) return error.outcome;
    throw error;
  });
}

/** Ends a transaction that is not to be committed. */
class DryRun extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('a dry run is rolled back');
    this.outcome = outcome;
  }
}

/** @param arrival whose locks the transaction holds */
async function attach(
  client: Queryable,
  attachment: Attachment,
  actor: Actor,
  now: string,
  arrival: Arrival,
): Promise<Attached> {
  const { accountId, postbackId, callLogId, isDryRun } = attachment;
  // The call first, as where a call settles what waits for it.
  const { rows: calls } = await client.query<CallRow>(lockCalls.text, [accountId, [callLogId]]);
  if (calls[0] === undefined) return 'unknown_call';
  const call = foldedCallOf(calls[0]);
  const { rows } = await client.query<WaitingRow & { status: PostbackStatus }>(lockWaited, [
    accountId,
    postbackId,
  ]);
  const [row] = rows;
  if (row === undefined) return 'not_waiting';
  const outcome =
    row.update.event === undefined
      ? await settleForCall(client, accountId, row, call, now)
      : await settleLeg(client, accountId, { ...row, call_log_id: call.callLogId }, now, (leg) =>
          recordWaitingLeg(client, accountId, leg, now, arrival),
        );
  if (isDryRun || outcome.rejection !== null) throw new DryRun(outcome);
  await client.query('update postback set attached_by = $3 where account_id = $1 and postback_id = $2', [
    ...[accountId, postbackId, actor.name],
  ]);
  await recordAttachment(client, attachment, actor, { from: row.status, to: outcome.status }, now);
  return outcome;
}

async function settleForCall(
  client: Queryable,
  accountId: string,
  row: WaitingRow,
  call: FoldedCall,
  now: string,
): Promise<Outcome> {
  const waited = { ...waitedOf(accountId, row), target: { callLogId: call.callLogId } };
  const state = {
    calls: new Map([[call.callLogId, call]]),
    ...{ otherIds: new Map<string, string>(), matches: new Map(), prior: new Map() },
  };
  const settled = settle([waited], state, []);
  const [outcome] = settled.outcomes;
  if (outcome === undefined) throw new Error('a postback was settled without an outcome');
  await writeSettlement(client, accountId, settled, now);
  return outcome;
}

/** Writes the audit log's line of a postback that a person attached to a call. */
export async function recordAttachment(
  client: Queryable,
  { accountId, postbackId, callLogId }: Attachment,
  actor: Actor,
  status: { from: string; to: string },
  now: string,
): Promise<void> {
  const target = { id: postbackId, name: callLogId };
  const changes: AuditChanges = { status, call_log_id: { from: null, to: callLogId } };
  await recordAct(client, { accountId, actor, action: 'postback.attached', target, changes }, now);
}

const lockUnmatched = `
select status from postback
where account_id = $1 and postback_id = $2 and webhook_id is not null and not is_dry_run
  and status in ('waiting', 'expired', 'rejected', 'kept')
for no key update`;

/** A separate statement, so that `written_at` is from after the lock. */
const dismiss = `
update postback p set written_at = statement_timestamp(), status = case when p.status in ('waiting', 'kept') then 'rejected' else p.status end,
  code = ${unmatchedCode}, dismissed_by = coalesce(p.dismissed_by, $3), dismissed_at = coalesce(p.dismissed_at, $4),
  dismiss_reason = coalesce(p.dismiss_reason, $5)
where p.account_id = $1 and p.postback_id = $2
returning p.status, p.dismissed_at = $4 as is_new`;

/** Ends the wait of a postback, or marks one that found no call as done with. Once. @returns false where there is none */
export async function dismissPostback(
  { pool }: Db,
  accountId: string,
  postbackId: string,
  reason: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows: found } = await client.query<{ status: string }>(lockUnmatched, [accountId, postbackId]);
    const [before] = found;
    if (before === undefined) return false;
    type Row = { status: string; is_new: boolean };
    const values = [accountId, postbackId, actor.name, now, reason];
    const { rows } = await client.query<Row>(dismiss, values);
    const [after] = rows;
    if (after?.is_new !== true) return true;
    const changes = {
      ...(before.status !== after.status && { status: { from: before.status, to: after.status } }),
      dismiss_reason: { from: null, to: reason },
    };
    const target = { id: postbackId, name: reason };
    await recordAct(client, { accountId, actor, action: 'postback.dismissed', target, changes }, now);
    return true;
  });
}
