/** The rows of the postback log that a batch writes. */
import { type Decided, phoneNumberOf } from '../../core/updates/fold/fold.ts';
import { matchWindowOf } from '../../core/updates/fold/wait.ts';
import type { Postback } from '../../core/updates/postback.ts';
import { storableJson } from '../../core/values/json/json.ts';
import type { Statement } from '../database/round-trip.ts';

/** Logs every postback. Fails as a whole (unique_violation) where a transaction id was taken meanwhile. */
export const logPostbacks: Statement = {
  name: 'log-postbacks',
  text: `
insert into postback (account_id, postback_id, webhook_id, changed_by, received_at, applied_at, first_status, status,
  code, detail, call_log_id, phone_number, matched_by, candidates, transaction_id, is_dry_run, source_ip,
  request, update, changes, errors, ignored, call_log_ids, replay_of, first_received_at, expires_at,
  waits_until, match_from, match_to, match_rule, queue_position, repeats, kept,
  undo_of, changed_since, correction, batch_id)
select $1, id, webhook_id, changed_by, received_at,
  case when status in ('created', 'applied', 'unchanged') and not is_dry_run then $3::timestamptz end,
  status, status, code, detail, call_log_id, phone_number, matched_by, candidates, transaction_id, is_dry_run, source_ip,
  request, update, changes, errors, ignored, call_log_ids, replay_of, first_received_at, expires_at,
  waits_until, match_from, match_to, match_rule,
  case when status in ('queued', 'waiting') and not is_dry_run then nextval('postback_queue_position') end,
  repeats, kept, undo_of, changed_since, coalesce(correction, 0), batch_id
from json_to_recordset($2) as r(id uuid, webhook_id uuid, changed_by text, received_at timestamptz, status text,
  code text, detail text, call_log_id text, phone_number text, matched_by text, candidates integer,
  transaction_id text, is_dry_run boolean, source_ip text, request json, update json, changes json, errors json,
  ignored json, call_log_ids json, replay_of uuid, first_received_at timestamptz, expires_at timestamptz,
  waits_until timestamptz, match_from timestamptz, match_to timestamptz, match_rule text, repeats json, kept json,
  undo_of uuid, changed_since json, correction integer, batch_id uuid)`,
};

/** JSON text of the rows for `logPostbacks`. */
export function logRowsText(decided: Decided[]): string {
  return `[${decided.map(rowText).join(',')}]`;
}

/** What a call that arrives later looks at. */
function waitColumns(postback: Postback) {
  const { wait, target } = postback;
  const window = target !== null && 'phoneNumber' in target ? matchWindowOf(postback) : null;
  return {
    expires_at: wait?.expiresAt,
    waits_until: wait?.until,
    match_from: window?.from,
    match_to: window?.to,
    match_rule: window?.rule,
  };
}

/** The request and the update are JSON text already; what is absent is null. */
function rowText({ postback, outcome, update, correction }: Decided): string {
  const { sender, replay } = postback;
  const { rejection, waiting } = outcome;
  const told = rejection ?? waiting?.ambiguity;
  const row = {
    id: postback.postbackId,
    webhook_id: 'webhookId' in sender ? sender.webhookId : undefined,
    changed_by: changedByOf(postback),
    batch_id: postback.batchId,
    replay_of: replay?.of,
    first_received_at: replay?.firstReceivedAt,
    received_at: postback.receivedAt,
    status: outcome.status,
    code: told?.code,
    detail: told?.detail,
    call_log_id: outcome.callLogId,
    phone_number: phoneNumberOf(postback) ?? undefined,
    matched_by: outcome.matchedBy,
    candidates: outcome.candidates,
    // What is kept is read again: until then its id is free.
    transaction_id: outcome.status === 'kept' ? undefined : postback.transactionId,
    is_dry_run: postback.isDryRun,
    source_ip: postback.sourceIp,
    changes: ['created', 'applied'].includes(outcome.status) ? outcome.changes : undefined,
    undo_of: outcome.undo?.of ?? postback.undoOf,
    changed_since:
      outcome.undo && outcome.undo.changedSince.length > 0 ? outcome.undo.changedSince : undefined,
    correction: correction === 0 ? undefined : correction,
    repeats: rejection === null && 'revision' in sender ? sender.repeats : undefined,
    kept: outcome.kept.length > 0 ? outcome.kept : undefined,
    errors: rejection !== null && rejection.errors.length > 0 ? rejection.errors : undefined,
    ignored: postback.ignored.length > 0 ? postback.ignored : undefined,
    call_log_ids: told?.callLogIds,
    ...(waiting !== undefined && waitColumns(postback)),
  };
  return storableJson(
    `${JSON.stringify(row).slice(0, -1)},"update":${update},"request":${postback.request}}`,
  );
}

/** The person who had it done; a request of a sender has none. */
function changedByOf({ sender, replay }: Postback): string | undefined {
  if ('undoneBy' in sender) return sender.undoneBy;
  return 'changedBy' in sender ? sender.changedBy : replay?.by;
}
