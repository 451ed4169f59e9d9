/** Earlier postbacks, read back as the answers they were given. */
import { type Changes, noChanges } from '../core/call.ts';
import type { Fault } from '../core/fault.ts';
import { type Remembered, rememberedKey } from '../core/fold.ts';
import { parseStoredJson } from '../core/json.ts';
import type { MatchedBy, Outcome, PostbackStatus } from '../core/postback.ts';
import type { RefusalCode } from '../core/refusal.ts';
import type { RowTexts, Statement } from './round-trip.ts';

const answerColumns = `postback_id, webhook_id, transaction_id, first_status, code, detail, call_log_id, phone_number,
  matched_by, candidates, update, changes, errors, ignored`;

/** A postback as it stands in the log. */
export type AnsweredRow = {
  webhookId: string | null;
  transactionId: string | null;
  phoneNumber: string | null;
  /** JSON text */
  update: string;
  outcome: Outcome;
};

/** Reads along postback_transaction; must run after the calls are locked, so that a repeat sees its first. */
export const readRemembered: Statement<AnsweredRow> = {
  name: 'read-remembered',
  text: `select ${answerColumns} from postback
    where account_id = $1 and transaction_id = any($2) and first_status <> 'rejected' and not is_dry_run`,
  readRow: readAnswered,
};

/** Reads what landed of a batch whose commit was lost. */
export const readLanded: Statement<AnsweredRow> = {
  name: 'read-landed',
  text: `select ${answerColumns} from postback where account_id = $1 and postback_id = any($2::uuid[])`,
  readRow: readAnswered,
};

/** The rows by `rememberedKey`. */
export function rememberedOf(rows: AnsweredRow[]): Map<string, Remembered> {
  const remembered = new Map<string, Remembered>();
  for (const { webhookId, transactionId, ...answered } of rows) {
    if (webhookId !== null && transactionId !== null) {
      remembered.set(rememberedKey(webhookId, transactionId), answered);
    }
  }
  return remembered;
}

/** The answer as it was first given: what a queued update changed later is not part of it. */
function readAnswered(texts: RowTexts): AnsweredRow {
  const [postbackId, webhookId, transactionId, firstStatus, code, detail, callLogId, phoneNumber] = texts;
  const [matchedBy, candidates, update, changes, errors, ignored] = texts.slice(8);
  const isRejected = firstStatus === 'rejected' && code !== null;
  return {
    webhookId: webhookId ?? null,
    transactionId: transactionId ?? null,
    phoneNumber: phoneNumber ?? null,
    update: update ?? '{}',
    // Words and JSON of our own, as they were written.
    outcome: {
      postbackId: postbackId ?? '',
      status: firstStatus as PostbackStatus,
      isDuplicate: false,
      callLogId: callLogId ?? null,
      matchedBy: (matchedBy ?? null) as MatchedBy | null,
      candidates: candidates == null ? null : Number(candidates),
      changes:
        firstStatus === 'applied' && changes != null ? (parseStoredJson(changes) as Changes) : noChanges(),
      ignored: ignored == null ? [] : (parseStoredJson(ignored) as string[]),
      refusal: isRejected
        ? {
            code: code as RefusalCode,
            detail: detail ?? '',
            errors: errors == null ? [] : (parseStoredJson(errors) as Fault[]),
          }
        : null,
    },
  };
}
