/** Earlier postbacks, read back as the answers they were given. */
import { type Changes, noChanges } from '../core/call.ts';
import type { Fault } from '../core/fault.ts';
import { type Remembered, rememberedKey } from '../core/fold.ts';
import type { MatchedBy, Outcome, Postback, PostbackStatus } from '../core/postback.ts';
import type { RefusalCode } from '../core/refusal.ts';
import type { Queryable } from './db.ts';

const answerColumns = `postback_id, webhook_id, transaction_id, first_status, code, detail, call_log_id, phone_number,
  matched_by, candidates, update::text as update, changes, errors, ignored`;

type AnswerRow = {
  postback_id: string;
  webhook_id: string | null;
  transaction_id: string | null;
  first_status: PostbackStatus;
  code: RefusalCode | null;
  detail: string | null;
  call_log_id: string | null;
  phone_number: string | null;
  matched_by: MatchedBy | null;
  candidates: number | null;
  update: string;
  changes: Changes | null;
  errors: Fault[] | null;
  ignored: string[] | null;
};

/** Reads along postback_transaction; must run after the calls are locked, so that a repeat sees its first. */
const readRemembered = `
select ${answerColumns} from postback
where account_id = $1 and transaction_id = any($2) and first_status <> 'rejected' and not is_dry_run`;

/** Reads what landed of a batch whose commit was lost. */
const readLanded = `select ${answerColumns} from postback where account_id = $1 and postback_id = any($2::uuid[])`;

/** The transaction ids of a batch that were used before, by `rememberedKey`. */
export async function findRemembered(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
): Promise<Map<string, Remembered>> {
  const remembered = new Map<string, Remembered>();
  const ids = postbacks.map(({ transactionId }) => transactionId).filter((id) => id !== null);
  if (ids.length === 0) return remembered;
  const values = [accountId, ids];
  const { rows } = await client.query<AnswerRow>({ name: 'read-remembered', text: readRemembered, values });
  for (const row of rows) {
    if (row.webhook_id === null || row.transaction_id === null) continue;
    const key = rememberedKey(row.webhook_id, row.transaction_id);
    remembered.set(key, { phoneNumber: row.phone_number, update: row.update, outcome: outcomeOf(row) });
  }
  return remembered;
}

/** Outcomes by postback id, of the postbacks that are in the database already. */
export async function findLanded(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
): Promise<Map<string, Outcome>> {
  const values = [accountId, postbacks.map(({ postbackId }) => postbackId)];
  const { rows } = await client.query<AnswerRow>({ name: 'read-landed', text: readLanded, values });
  return new Map(rows.map((row) => [row.postback_id, outcomeOf(row)]));
}

/** The answer as it was first given: what a queued update changed later is not part of it. */
function outcomeOf(row: AnswerRow): Outcome {
  const { code, detail } = row;
  const isRejected = row.first_status === 'rejected' && code !== null;
  return {
    postbackId: row.postback_id,
    status: row.first_status,
    isDuplicate: false,
    callLogId: row.call_log_id,
    matchedBy: row.matched_by,
    candidates: row.candidates,
    changes: row.first_status === 'applied' ? (row.changes ?? noChanges()) : noChanges(),
    ignored: row.ignored ?? [],
    refusal: isRejected ? { code, detail: detail ?? '', errors: row.errors ?? [] } : null,
  };
}
