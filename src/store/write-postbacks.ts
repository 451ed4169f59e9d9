/**
 * One batch in one transaction. Two round trips where calls are named by id: (begin, settings, lock, remembered),
 * then (calls, log, commit); one more between them where a phone number has to be matched first.
 */
import type { FoldedCall } from '../core/call.ts';
import {
  type BatchState,
  type Decided,
  type FoldedBatch,
  foldBatch,
  type Match,
  phoneNumberOf,
} from '../core/fold.ts';
import { storableJson } from '../core/json.ts';
import type { Locked, Outcome, Postback, Stale } from '../core/postback.ts';
import { foldedCallOf, setFromN, type ValueRow, valueColumns, writtenDefinitions } from './columns.ts';
import { type Db, inOneWrite, type Queryable } from './db.ts';
import { CommitLost, isCommitLost, isConnectionFailure } from './failure.ts';
import { findMatches } from './match-phones.ts';
import { findLanded, findRemembered } from './remembered.ts';

/** Locks the calls in id order, so that two batches that share calls wait for each other and never deadlock. */
const lockCalls = `
select ${valueColumns} from call
where account_id = $1 and call_log_id = any($2)
order by call_log_id
for no key update`;

/** The same, without those that somebody else holds. */
const lockFreeCalls = `${lockCalls} skip locked`;

/** Tells the calls that somebody holds from those that are not there. Locks nothing. */
const readKnownCalls = `select call_log_id from call where account_id = $1 and call_log_id = any($2)`;

/** Which of the settings that the requests were read with still stand. */
const readRevisions = `
select w.webhook_id, w.revision || '.' || a.revision as revision
from incoming_webhook w join account a on a.account_id = w.account_id
where w.account_id = $1 and w.webhook_id = any($2::uuid[]) and w.deleted_at is null`;

/** Writes every changed call once, whatever the number of postbacks that changed it. The rows are locked. */
const writeCalls = `
update call c set ${setFromN}, updated_at = $3
from json_to_recordset($2) as n(call_log_id text, ${writtenDefinitions})
where c.account_id = $1 and c.call_log_id = n.call_log_id`;

/** Logs every postback. Fails as a whole (unique_violation) where a transaction id was taken meanwhile. */
const insertPostbacks = `
insert into postback (account_id, postback_id, webhook_id, changed_by, received_at, applied_at, first_status, status,
  code, detail, call_log_id, phone_number, matched_by, candidates, transaction_id, is_dry_run, source_ip,
  request, update, changes, errors, ignored, queue_position)
select $1, id, webhook_id, changed_by, received_at,
  case when status in ('applied', 'unchanged') and not is_dry_run then $3::timestamptz end,
  status, status, code, detail, call_log_id, phone_number, matched_by, candidates, transaction_id, is_dry_run, source_ip,
  request, update, changes, errors, ignored,
  case when status = 'queued' and not is_dry_run then nextval('postback_queue_position') end
from json_to_recordset($2) as r(id uuid, webhook_id uuid, changed_by text, received_at timestamptz, status text,
  code text, detail text, call_log_id text, phone_number text, matched_by text, candidates integer,
  transaction_id text, is_dry_run boolean, source_ip text, request json, update json, changes json, errors json,
  ignored json)`;

/** What became of a postback, or why nothing was done for it. */
export type Written = Outcome | Stale | Locked;

export type WriteMode = {
  /** an earlier try may have been committed: postbacks found in the log are not done again */
  mayHaveLanded: boolean;
  /** one refusal or stale webhook, and nothing is done or logged */
  isAtomic: boolean;
  /** waits for no call: a postback whose call somebody else holds comes back as `locked`, and its neighbours are written */
  skipsLocked: boolean;
};

/**
 * Writes one account's postbacks and returns their outcomes in the same order, after the commit.
 * @param now instant of the write
 * @throws what `classifyFailure` tells apart; nothing was done unless that says `outcome_unknown`
 */
export async function writePostbacks(
  { writer }: Db,
  accountId: string,
  postbacks: Postback[],
  mode: WriteMode,
  now: string,
): Promise<Written[]> {
  const client = await writer.connect();
  let isBroken = false;
  try {
    if (mode.mayHaveLanded) {
      const landed = await findLanded(client, accountId, postbacks);
      if (landed.size > 0) return await answerLanded(client, accountId, postbacks, landed, mode, now);
    }
    return await writeBatch(client, accountId, postbacks, mode, now);
  } catch (error) {
    isBroken = error instanceof CommitLost || isConnectionFailure(error);
    if (!isBroken) {
      await client.query('rollback').catch(() => {
        isBroken = true;
      });
    }
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** One transaction wrote them all, or none: those that are not in the log are repeats, or their webhook had changed. */
async function answerLanded(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
  landed: Map<string, Outcome>,
  { skipsLocked }: WriteMode,
  now: string,
): Promise<Written[]> {
  const others = postbacks.filter(({ postbackId }) => !landed.has(postbackId));
  const outcomes =
    others.length === 0
      ? []
      : await writeBatch(client, accountId, others, { isAtomic: false, skipsLocked }, now);
  const rest = outcomes.values();
  return postbacks.map(({ postbackId }) => landed.get(postbackId) ?? rest.next().value ?? 'stale');
}

async function writeBatch(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
  { isAtomic, skipsLocked }: Omit<WriteMode, 'mayHaveLanded'>,
  now: string,
): Promise<Written[]> {
  const [, revisions, { state, locked }] = await inOneWrite(client, () =>
    Promise.all([
      client.query('begin'),
      findRevisions(client, accountId, postbacks),
      readState(client, accountId, postbacks, skipsLocked),
    ]),
  );
  const whyNot = (postback: Postback): Stale | Locked | null => {
    if (isStale(postback, revisions)) return 'stale';
    return locked.size > 0 && locked.has(callIdOf(postback, state.matches) ?? '') ? 'locked' : null;
  };
  const taken = postbacks.filter((postback) => whyNot(postback) === null);
  const batch = foldBatch(taken, state);
  const isRefused =
    taken.length < postbacks.length || batch.outcomes.some(({ status }) => status === 'rejected');
  if (isAtomic && isRefused) await client.query('rollback');
  else await commit(client, accountId, batch, now);
  const outcomes = batch.outcomes.values();
  return postbacks.map((postback) => whyNot(postback) ?? outcomes.next().value ?? 'stale');
}

/** What the fold needs, and the calls that were skipped because somebody else holds them. */
type ReadState = { state: BatchState; locked: ReadonlySet<string> };

/** The statements are sent in this order without waiting, but for the match, which the lock needs. */
async function readState(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
  skipsLocked: boolean,
): Promise<ReadState> {
  const hasPhones = postbacks.some((postback) => phoneNumberOf(postback) !== null);
  const matches = hasPhones ? await findMatches(client, accountId, postbacks) : new Map<string, Match>();
  const ids = idsOf(postbacks, matches);
  const [calls, known, remembered] = await Promise.all([
    findAndLockCalls(client, accountId, ids, skipsLocked),
    skipsLocked ? findKnownCalls(client, accountId, ids) : [],
    findRemembered(client, accountId, postbacks),
  ]);
  return { state: { calls, matches, remembered }, locked: new Set(known.filter((id) => !calls.has(id))) };
}

function idsOf(postbacks: Postback[], matches: Map<string, Match>): string[] {
  const ids = new Set<string>();
  for (const postback of postbacks) {
    const id = callIdOf(postback, matches);
    if (id !== null) ids.add(id);
  }
  return [...ids];
}

/** The call that a postback names or matches; null where there is none, or where it is refused already. */
function callIdOf({ target, refusal, postbackId }: Postback, matches: Map<string, Match>): string | null {
  if (refusal !== null || target === null) return null;
  return 'callLogId' in target ? target.callLogId : (matches.get(postbackId)?.callLogId ?? null);
}

async function findAndLockCalls(
  client: Queryable,
  accountId: string,
  ids: string[],
  skipsLocked: boolean,
): Promise<Map<string, FoldedCall>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<ValueRow>({
    name: skipsLocked ? 'lock-free-calls' : 'lock-calls',
    text: skipsLocked ? lockFreeCalls : lockCalls,
    values: [accountId, ids],
  });
  return new Map(rows.map((row) => [row.call_log_id, foldedCallOf(row)]));
}

async function findKnownCalls(client: Queryable, accountId: string, ids: string[]): Promise<string[]> {
  const values = [accountId, ids];
  const { rows } = await client.query<{ call_log_id: string }>({
    name: 'read-known-calls',
    text: readKnownCalls,
    values,
  });
  return rows.map(({ call_log_id }) => call_log_id);
}

async function findRevisions(
  client: Queryable,
  accountId: string,
  postbacks: Postback[],
): Promise<Map<string, string>> {
  const ids = new Set<string>();
  for (const { sender } of postbacks) if ('webhookId' in sender) ids.add(sender.webhookId);
  if (ids.size === 0) return new Map();
  type Row = { webhook_id: string; revision: string };
  const values = [accountId, [...ids]];
  const { rows } = await client.query<Row>({ name: 'read-revisions', text: readRevisions, values });
  return new Map(rows.map((row) => [row.webhook_id, row.revision]));
}

function isStale({ sender }: Postback, revisions: Map<string, string>): boolean {
  return 'webhookId' in sender && revisions.get(sender.webhookId) !== sender.revision;
}

/** Calls, log and commit travel together; from then on a lost connection leaves the outcome unknown. */
async function commit(client: Queryable, accountId: string, batch: FoldedBatch, now: string): Promise<void> {
  const { changedCalls, decided } = batch;
  const calls = Array.from(changedCalls, ([call_log_id, values]) => ({ call_log_id, ...values }));
  const callsText = JSON.stringify(calls);
  const rowsText = `[${decided.map(rowText).join(',')}]`;
  const results = await inOneWrite(client, () => {
    const statements = [];
    if (changedCalls.size > 0) {
      const values = [accountId, callsText, now];
      statements.push(client.query({ name: 'write-calls', text: writeCalls, values }));
    }
    if (decided.length > 0) {
      const values = [accountId, rowsText, now];
      statements.push(client.query({ name: 'insert-postbacks', text: insertPostbacks, values }));
    }
    return Promise.all([...statements, client.query('commit')]);
  }).catch((error: unknown) => {
    throw isCommitLost(error) ? new CommitLost(error) : error;
  });
  const written = results.slice(0, -1).reduce((sum, result) => sum + (result.rowCount ?? 0), 0);
  if (results.at(-1)?.command !== 'COMMIT' || written !== changedCalls.size + decided.length) {
    throw new Error(`a batch wrote ${written} rows instead of ${changedCalls.size + decided.length}`);
  }
}

/** A log row as JSON text. The request is JSON text already; what is absent is null. */
function rowText({ postback, outcome, update }: Decided): string {
  const { sender, refusal: _early, ...request } = postback;
  const { refusal } = outcome;
  const row = {
    id: postback.postbackId,
    ...('webhookId' in sender ? { webhook_id: sender.webhookId } : { changed_by: sender.changedBy }),
    received_at: request.receivedAt,
    status: outcome.status,
    code: refusal?.code,
    detail: refusal?.detail,
    call_log_id: outcome.callLogId,
    phone_number: phoneNumberOf(postback),
    matched_by: outcome.matchedBy,
    candidates: outcome.candidates,
    transaction_id: request.transactionId,
    is_dry_run: request.isDryRun,
    source_ip: request.sourceIp,
    changes: outcome.status === 'applied' ? outcome.changes : undefined,
    errors: refusal !== null && refusal.errors.length > 0 ? refusal.errors : undefined,
    ignored: request.ignored.length > 0 ? request.ignored : undefined,
  };
  return storableJson(`${JSON.stringify(row).slice(0, -1)},"update":${update},"request":${request.request}}`);
}
