/** The rows of the postback log that a batch writes. */
import { type Decided, phoneNumberOf } from '../../core/updates/fold/fold.ts';
import { type MatchWindow, matchWindowOf, type Wait } from '../../core/updates/fold/wait.ts';
import type { Outcome, Postback } from '../../core/updates/postback.ts';
import { storableJson } from '../../core/values/json/json.ts';
import { copyField, nullField, Query, type Statement } from '../database/statements/round-trip.ts';

const columns = [
  ...['account_id', 'postback_id', 'webhook_id', 'changed_by', 'batch_id', 'replay_of', 'first_received_at'],
  ...['received_at', 'applied_at', 'first_status', 'status', 'code', 'detail', 'call_log_id', 'phone_number'],
  ...['matched_by', 'candidates', 'transaction_id', 'is_dry_run', 'source_ip', 'undo_of', 'correction'],
  ...['expires_at', 'waits_until', 'match_from', 'match_to', 'match_rule'],
  ...['changes', 'changed_since', 'repeats', 'kept', 'errors', 'ignored'],
  ...['call_log_ids', 'update', 'request'],
];

/**
 * Logs postbacks. Fails as a whole (unique_violation) where a transaction id was taken meanwhile. COPY takes two thirds of the CPU
 * time of an `insert` from JSON: 20 instead of 31 µs a row in batches of 120, 29 instead of 43 in batches of 16.
 */
export const logPostbacks: Statement = {
  name: 'log-postbacks',
  text: `copy postback (${columns.join(', ')}, queue_position) from stdin`,
};

/** The same of what is applied later: each gets the next position in the queue, while its call or its arrival is locked. */
export const logQueued: Statement = {
  name: 'log-queued',
  text: `copy postback (${columns.join(', ')}) from stdin`,
};

/**
 * @param now instant of the write
 * @returns the statements that write all rows
 */
export function logQueries(accountId: string, decided: Decided[], now: string): Query[] {
  const applied: string[] = [];
  const queued: string[] = [];
  for (const one of decided) {
    const fields = fieldsOf(accountId, one, now);
    if (isAppliedLater(one)) {
      queued.push(fields.join('\t'));
    } else {
      fields.push(nullField);
      applied.push(fields.join('\t'));
    }
  }
  return [
    ...(applied.length === 0 ? [] : [new Query(logPostbacks, [], applied)]),
    ...(queued.length === 0 ? [] : [new Query(logQueued, [], queued)]),
  ];
}

function isAppliedLater({ postback, outcome }: Decided): boolean {
  return (outcome.status === 'queued' || outcome.status === 'waiting') && !postback.isDryRun;
}

/** In the order of `columns`. */
function fieldsOf(
  accountId: string,
  { postback, outcome, update, correction = 0 }: Decided,
  now: string,
): string[] {
  const { sender, replay, isDryRun } = postback;
  const { rejection, waiting, status, undo } = outcome;
  const reason = rejection ?? waiting?.ambiguity;
  const wasDone = status === 'applied' || status === 'created';
  const wait = waitOf(postback, outcome, correction);
  return [
    accountId,
    postback.postbackId,
    copyField('webhookId' in sender ? sender.webhookId : null),
    copyField(changedByOf(postback)),
    copyField(postback.batchId),
    copyField(replay?.of),
    copyField(replay?.firstReceivedAt),
    postback.receivedAt,
    (wasDone || status === 'unchanged') && !isDryRun ? now : nullField,
    status,
    status,
    copyField(reason?.code),
    copyField(reason?.detail),
    copyField(outcome.callLogId),
    copyField(phoneNumberOf(postback)),
    copyField(outcome.matchedBy),
    copyField(outcome.candidates),
    copyField(status === 'kept' ? null : postback.transactionId), // what is kept is read again: until then its id is free
    isDryRun ? 't' : 'f',
    copyField(postback.sourceIp),
    copyField(undo?.of ?? postback.undoOf),
    String(correction),
    copyField(wait?.expiresAt),
    copyField(wait?.until),
    copyField(wait?.window?.from),
    copyField(wait?.window?.to),
    copyField(wait?.window?.rule),
    jsonField(wasDone ? outcome.changes : undefined),
    listField(undo?.changedSince),
    jsonField(rejection === null && 'revision' in sender ? sender.repeats : undefined),
    listField(outcome.kept),
    listField(rejection?.errors),
    listField(postback.ignored),
    jsonField(reason?.callLogIds),
    copyField(storableJson(update)),
    copyField(storableJson(postback.request)),
  ];
}

/** What a call that arrives later looks at: what waits, and what an earlier call got by the same number. */
function waitOf(
  postback: Postback,
  { waiting, matchedBy, status }: Outcome,
  correction: number,
): (Wait & { window: MatchWindow | null }) | undefined {
  const { wait, target, isDryRun } = postback;
  const mayMove = matchedBy === 'phone_number' && status !== 'rejected' && correction === 0 && !isDryRun;
  if (wait === undefined || (waiting === undefined && !mayMove)) return undefined;
  const isByNumber = target !== null && 'phoneNumber' in target;
  return { ...wait, window: isByNumber ? matchWindowOf(postback) : null };
}

function jsonField(value: unknown): string {
  return value === undefined ? nullField : copyField(storableJson(JSON.stringify(value)));
}

/** An empty list is null. */
function listField(values: readonly unknown[] | undefined): string {
  return values === undefined || values.length === 0 ? nullField : jsonField(values);
}

/** The person who had it done; a request of a sender has none. */
function changedByOf({ sender, replay }: Postback): string | undefined {
  if ('undoneBy' in sender) return sender.undoneBy;
  return 'changedBy' in sender ? sender.changedBy : replay?.by;
}
