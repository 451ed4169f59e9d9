/** Earlier postbacks, read back as the answers they were given. */
import { type Changes, noChanges } from '../../core/calls/call.ts';
import { type PriorPostback, priorKey } from '../../core/updates/fold/fold.ts';
import type { ChangedSince } from '../../core/updates/fold/undo.ts';
import type { MatchedBy, Outcome, PostbackStatus } from '../../core/updates/postback.ts';
import type { RejectionCode } from '../../core/updates/rejection.ts';
import type { Fault } from '../../core/values/fault.ts';
import { parseStoredJson } from '../../core/values/json/json.ts';
import { parseInstant } from '../database/statements/column-types.ts';
import { notNull, type RowTexts, type Statement } from '../database/statements/round-trip.ts';

const answerColumnNames = [
  ...[
    'postback_id',
    'webhook_id',
    'transaction_id',
    'first_status',
    'code',
    'detail',
    'call_log_id',
    'phone_number',
  ],
  ...[
    'matched_by',
    'candidates',
    'update',
    'changes',
    'errors',
    'ignored',
    'call_log_ids',
    'kept',
    'expires_at',
  ],
  ...['undo_of', 'changed_since', 'correction', 'attached_by', 'replay_of'],
];
const answerColumns = answerColumnNames.join(', ');

/** The same columns, of a table or alias; `readAnswered` reads them. */
export function answerColumnsOf(alias: string): string {
  return answerColumnNames.map((name) => `${alias}.${name}`).join(', ');
}

/** A postback as it is in the log. */
export type AnsweredRow = {
  webhookId: string | null;
  transactionId: string | null;
  phoneNumber: string | null;
  correction: number;
  isPlacedByHand: boolean;
  /** JSON text */
  update: string;
  outcome: Outcome;
};

/** Columns of the log that an answer is made of. */
type AnswerColumns = {
  postback_id: string;
  first_status: PostbackStatus;
  code: RejectionCode | null;
  detail: string | null;
  call_log_id: string | null;
  matched_by: MatchedBy | null;
  candidates: number | null;
  changes: Changes | null;
  errors: Fault[] | null;
  ignored: string[] | null;
  call_log_ids: string[] | null;
  kept: string[] | null;
  /** instant; of a postback that waited */
  expires_at: string | null;
  undo_of: string | null;
  changed_since: ChangedSince[] | null;
};

/** Reads along postback_transaction; must run after the calls are locked, so that a repeat sees its first. */
export const readPriorPostbacks: Statement<AnsweredRow> = {
  name: 'read-prior',
  text: `select ${answerColumns} from postback
    where account_id = $1 and transaction_id = any($2) and first_status <> 'rejected' and not is_dry_run`,
  readRow: readAnswered,
};

/** Reads what was committed of a batch whose commit was lost. */
export const readCommitted: Statement<AnsweredRow> = {
  name: 'read-committed',
  text: `select ${answerColumns} from postback where account_id = $1 and postback_id = any($2::uuid[])`,
  readRow: readAnswered,
};

/** The rows by `priorKey`: the last one of each transaction id, with those that it replaced. */
export function priorOf(rows: AnsweredRow[]): Map<string, PriorPostback> {
  const prior = new Map<string, PriorPostback>();
  for (const { webhookId, transactionId, ...answered } of rows.toSorted(byCorrection)) {
    if (webhookId === null || transactionId === null) continue;
    const key = priorKey(webhookId, transactionId);
    const replaced = prior.get(key);
    prior.set(key, { ...answered, ...(replaced !== undefined && { replaced }) });
  }
  return prior;
}

function byCorrection(one: AnsweredRow, other: AnsweredRow): number {
  return one.correction - other.correction;
}

export function readAnswered(texts: RowTexts): AnsweredRow {
  const [postbackId, webhookId, transactionId, firstStatus, code, detail, callLogId, phoneNumber] = texts;
  const [
    matchedBy,
    candidates,
    update,
    changes,
    errors,
    ignored,
    callLogIds,
    kept,
    expiresAt,
    undoOf,
    changedSince,
    correction,
    attachedBy,
    replayOf,
  ] = texts.slice(8);
  return {
    webhookId: webhookId ?? null,
    transactionId: transactionId ?? null,
    phoneNumber: phoneNumber ?? null,
    correction: Number(correction ?? 0),
    isPlacedByHand: attachedBy != null || replayOf != null,
    update: notNull(update),
    // Words and JSON of our own, as they were written.
    outcome: outcomeOf({
      postback_id: notNull(postbackId),
      first_status: firstStatus as PostbackStatus,
      code: (code ?? null) as RejectionCode | null,
      detail: detail ?? null,
      call_log_id: callLogId ?? null,
      matched_by: (matchedBy ?? null) as MatchedBy | null,
      candidates: candidates == null ? null : Number(candidates),
      changes: changes == null ? null : (parseStoredJson(changes) as Changes),
      errors: errors == null ? null : (parseStoredJson(errors) as Fault[]),
      ignored: ignored == null ? null : (parseStoredJson(ignored) as string[]),
      call_log_ids: callLogIds == null ? null : (parseStoredJson(callLogIds) as string[]),
      kept: kept == null ? null : (parseStoredJson(kept) as string[]),
      expires_at: expiresAt == null ? null : parseInstant(expiresAt),
      undo_of: undoOf ?? null,
      changed_since: changedSince == null ? null : (parseStoredJson(changedSince) as ChangedSince[]),
    }),
  };
}

/** The answer as it was first given: what a queued update changed later is not part of it. */
export function outcomeOf(row: AnswerColumns): Outcome {
  const { code, detail } = row;
  if (row.first_status === 'waiting') return waitingOutcomeOf(row);
  const isRejected = (row.first_status === 'rejected' || row.first_status === 'kept') && code !== null;
  return {
    postbackId: row.postback_id,
    status: row.first_status,
    isDuplicate: false,
    callLogId: row.call_log_id,
    matchedBy: row.matched_by,
    candidates: row.candidates,
    changes: ['created', 'applied'].includes(row.first_status) ? (row.changes ?? noChanges()) : noChanges(),
    kept: row.first_status === 'queued' ? [] : (row.kept ?? []),
    ignored: row.ignored ?? [],
    rejection: isRejected
      ? {
          ...{ code, detail: detail ?? '', errors: row.errors ?? [] },
          ...(row.call_log_ids !== null && { callLogIds: row.call_log_ids }),
        }
      : null,
    ...(row.undo_of !== null && { undo: { of: row.undo_of, changedSince: row.changed_since ?? [] } }),
  };
}

/** A call that came since is not part of the answer, either. */
function waitingOutcomeOf({ code, detail, call_log_ids: callLogIds, ...row }: AnswerColumns): Outcome {
  const isById = row.matched_by !== 'phone_number';
  const isAmbiguous = code === 'ambiguous_call';
  return {
    postbackId: row.postback_id,
    status: 'waiting',
    isDuplicate: false,
    callLogId: isById ? row.call_log_id : null,
    matchedBy: row.matched_by,
    candidates: isAmbiguous ? row.candidates : 0,
    changes: noChanges(),
    ignored: row.ignored ?? [],
    kept: [],
    rejection: null,
    waiting: {
      expiresAt: row.expires_at ?? '',
      ...(isAmbiguous && { ambiguity: { code, detail: detail ?? '', callLogIds: callLogIds ?? [] } }),
    },
  };
}
