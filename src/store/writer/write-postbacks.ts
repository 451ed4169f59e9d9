/**
 * One batch in one transaction. Two round trips where calls are named by id: (begin, settings, lock, prior),
 * then (calls, log, commit); one more between them where a phone number has to be matched first.
 */
import type pg from 'pg';
import type { Target } from '../../core/updates/decode/decode.ts';
import {
  type BatchState,
  dependsOnArrivals,
  foldBatch,
  isCorrecting,
  type Match,
  priorKeyOf,
} from '../../core/updates/fold/fold.ts';
import type { Locked, Outcome, Postback, Stale } from '../../core/updates/postback.ts';
import type { WriteMode } from '../../core/updates/write-mode.ts';
import type { Db } from '../database/connections/db.ts';
import { CommitLost, isConnectionFailure } from '../database/failure.ts';
import {
  accountKeyOf,
  bucketOf,
  bucketsOf,
  shareArrivals,
  tryShareArrivals,
} from '../database/statements/arrival-locks.ts';
import {
  arrayText,
  notNull,
  prepareStatements,
  Query,
  type Statement,
  sendTogether,
} from '../database/statements/round-trip.ts';
import { commitBatch, commitStatements } from './commit-batch.ts';
import { lockKept, rereadBefore, rereadIdsOf, takeRereads } from './kept-postbacks.ts';
import { lockCalls, lockFreeCalls, readKnownCalls, readOtherIds } from './lock-calls.ts';
import { matchesOf, matchPhones, wantedNumbers } from './match-phones.ts';
import { priorOf, readCommitted, readPriorPostbacks } from './prior-postbacks.ts';
import { lockUndoable, readHistories, readUndoState } from './read-undo.ts';
import { eventStatements, hasEvents, writeEventBatch } from './write-event-batch.ts';

const begin: Statement = { name: 'begin', text: 'begin' };

/** Which of the settings that the requests were read with are current. */
const readRevisions: Statement<[webhookId: string, revision: string]> = {
  name: 'read-revisions',
  text: `
select w.webhook_id, w.revision || '.' || a.revision
from incoming_webhook w join account a on a.account_id = w.account_id
where w.account_id = $1 and w.webhook_id = any($2::uuid[]) and w.deleted_at is null`,
  readRow: ([webhookId, revision]) => [notNull(webhookId), notNull(revision)],
};

/** All statements of the hot path. */
export const writerStatements = [
  ...[
    begin,
    readRevisions,
    matchPhones,
    lockCalls,
    lockFreeCalls,
    readOtherIds,
    readKnownCalls,
    readPriorPostbacks,
    readCommitted,
    tryShareArrivals,
    shareArrivals,
    lockKept,
  ],
  ...[...commitStatements, ...eventStatements],
  ...[lockUndoable, readHistories],
];
const preparedClients = new WeakSet<pg.ClientBase>();

/** The result of a postback, or why nothing was done for it. */
export type Written = Outcome | Stale | Locked;

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
    await prepare(client);
    if (mode.mayHaveCommitted) {
      const committed = await findCommitted(client, accountId, postbacks);
      if (committed.size > 0)
        return await answerCommitted(client, accountId, postbacks, committed, mode, now);
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

/** Decides postbacks, each after the ones before it, and writes nothing. */
export async function previewPostbacks(
  { writer }: Db,
  accountId: string,
  postbacks: Postback[],
): Promise<Outcome[]> {
  const client = await writer.connect();
  let error: Error | undefined;
  try {
    await prepare(client);
    const { state } = await readBatch(client, accountId, postbacks, { isAtomic: false, skipsLocked: false });
    return foldBatch(
      postbacks.filter((postback) => !hasMoved(postback, state)),
      state,
    ).outcomes;
  } finally {
    await client.query('rollback').catch((failure: Error) => {
      error = failure;
    });
    client.release(error);
  }
}

/** One transaction wrote them all, or none: those that are not in the log are repeats, or their webhook had changed. */
async function answerCommitted(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
  committed: Map<string, Outcome>,
  { skipsLocked }: WriteMode,
  now: string,
): Promise<Written[]> {
  const others = postbacks.filter(({ postbackId }) => !committed.has(postbackId));
  const outcomes =
    others.length === 0
      ? []
      : await writeBatch(client, accountId, others, { isAtomic: false, skipsLocked }, now);
  const rest = outcomes.values();
  return postbacks.map(({ postbackId }) => committed.get(postbackId) ?? next(rest));
}

/** The fold returns one outcome for each postback that it takes. */
function next<T>(outcomes: Iterator<T, undefined>): T {
  const { done, value } = outcomes.next();
  if (done === true) throw new Error('a batch has fewer outcomes than postbacks');
  return value;
}

/** A connection is prepared when it is first used. */
async function prepare(client: pg.ClientBase): Promise<void> {
  if (preparedClients.has(client)) return;
  await prepareStatements(client, writerStatements);
  preparedClients.add(client);
}

/** Outcomes by postback id, of the postbacks that are in the database already. */
async function findCommitted(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
): Promise<Map<string, Outcome>> {
  const ids = postbacks.map(({ postbackId }) => postbackId);
  const committed = new Query(readCommitted, [accountId, arrayText(ids)]);
  await sendTogether(client, [committed]);
  const outcomes = new Map(committed.rows.map(({ outcome }) => [outcome.postbackId, outcome]));
  // What is still kept is there from before.
  for (const { postbackId, isReread } of postbacks) {
    if (isReread === true && outcomes.get(postbackId)?.status === 'kept') outcomes.delete(postbackId);
  }
  return outcomes;
}

async function writeBatch(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
  { isAtomic, skipsLocked }: Omit<WriteMode, 'mayHaveCommitted'>,
  now: string,
): Promise<Written[]> {
  if (hasEvents(postbacks))
    return writeEventBatch(client, accountId, postbacks, { isAtomic, skipsLocked }, now);
  const read = await readBatch(client, accountId, postbacks, { isAtomic, skipsLocked });
  const { revisions, state, locked, sharedBuckets, rereads } = read;
  const whyNot = (postback: Postback): Outcome | Stale | Locked | null => {
    if (isStale(postback, revisions) || hasMoved(postback, state)) return 'stale';
    if (postback.isReread === true && !rereads.has(postback)) return rereadBefore(postback);
    if (locked.size > 0 && isLocked(postback, state, locked)) return 'locked';
    const { target } = postback;
    const isSafe =
      target === null || !dependsOnArrivals(postback, state) || sharedBuckets.has(bucketOf(target));
    return isSafe ? null : 'locked'; // its call may be arriving now
  };
  const reasons = postbacks.map(whyNot);
  const taken = postbacks.filter((_postback, at) => reasons[at] === null);
  const batch = foldBatch(taken, state);
  const isRejected =
    taken.length < postbacks.length || batch.outcomes.some(({ status }) => status === 'rejected');
  if (isAtomic && isRejected) await client.query('rollback');
  else await commitBatch(client, accountId, batch, now);
  const outcomes = batch.outcomes.values();
  return reasons.map((reason) => reason ?? next(outcomes));
}

/** What the fold needs, and what it may not touch. */
type ReadBatch = {
  /** by webhook id */
  revisions: ReadonlyMap<string, string>;
  state: BatchState;
  /** the calls that were skipped because another transaction holds them */
  locked: ReadonlySet<string>;
  /** whose calls cannot arrive before the commit */
  sharedBuckets: ReadonlySet<number>;
  /** of the postbacks that are read again, the ones that are still kept */
  rereads: ReadonlySet<Postback>;
};

/** Begins the transaction and locks the calls. */
async function readBatch(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
  { isAtomic, skipsLocked }: Omit<WriteMode, 'mayHaveCommitted'>,
): Promise<ReadBatch> {
  const revisions = new Query(readRevisions, [accountId, arrayText(webhookIdsOf(postbacks))]);
  const first: Query<unknown>[] = [new Query(begin), revisions];
  const buckets = bucketsOf(targetsThatMayWait(postbacks));
  const share = new Query(isAtomic ? shareArrivals : tryShareArrivals, [
    String(accountKeyOf(accountId)),
    `{${buckets.join()}}`,
  ]);
  if (buckets.length > 0) first.push(share);
  let matches = new Map<string, Match>();
  const wanted = wantedNumbers(postbacks);
  if (wanted.length > 0) {
    const match = new Query(matchPhones, [accountId, JSON.stringify(wanted)]);
    await sendTogether(client, [...first.splice(0), match]);
    matches = matchesOf(match.rows, wanted);
  }
  const kept = new Query(lockKept, [accountId, arrayText(rereadIdsOf(postbacks))]);
  const hasRereads = postbacks.some(({ isReread }) => isReread === true);
  const ids = arrayText(callIdsOf(postbacks, matches));
  const calls = new Query(skipsLocked ? lockFreeCalls : lockCalls, [accountId, ids]);
  const otherNames = new Query(readOtherIds, [accountId, ids]);
  const known = new Query(readKnownCalls, [accountId, ids]);
  const transactionIds = postbacks.map(({ transactionId }) => transactionId).filter((id) => id !== null);
  const prior = new Query(readPriorPostbacks, [accountId, arrayText(transactionIds)]);
  await sendTogether(client, [
    ...first,
    ...(hasRereads ? [kept] : []),
    otherNames,
    calls,
    ...(skipsLocked ? [known] : []),
    ...(transactionIds.length > 0 ? [prior] : []),
  ]);
  const callsById = new Map(calls.rows.map((call) => [call.callLogId, call]));
  const otherIds = new Map(otherNames.rows);
  const state = { calls: callsById, otherIds, matches, prior: priorOf(prior.rows) };
  const skipped = new Set(known.rows.filter((id) => !callsById.has(id)));
  const skippedNames = otherNames.rows
    .filter(([, callLogId]) => skipped.has(callLogId))
    .map(([name]) => name);
  const undoing = await readUndoState(client, accountId, postbacks, state, isAtomic);
  return {
    revisions: new Map(revisions.rows),
    state: undoing === null ? state : { ...state, undo: undoing.undo },
    locked: new Set([...skipped, ...skippedNames, ...(undoing?.locked ?? [])]),
    sharedBuckets: new Set(share.rows),
    rereads: takeRereads(postbacks, kept.rows),
  };
}

function targetsThatMayWait(postbacks: Postback[]): Target[] {
  return postbacks.flatMap(({ wait, target, rejection, isDryRun }) =>
    wait === undefined || target === null || rejection !== null || isDryRun ? [] : [target],
  );
}

function webhookIdsOf(postbacks: Postback[]): Set<string> {
  const ids = new Set<string>();
  for (const { sender } of postbacks) if ('revision' in sender) ids.add(sender.webhookId);
  return ids;
}

function callIdsOf(postbacks: Postback[], matches: Map<string, Match>): Set<string> {
  const ids = new Set<string>();
  for (const postback of postbacks) {
    const id = callIdOf(postback, matches);
    if (id !== null) ids.add(id);
  }
  return ids;
}

/** The call that a postback names or matches; null where there is none, or where it is rejected already. */
function callIdOf({ target, rejection, postbackId }: Postback, matches: Map<string, Match>): string | null {
  if (rejection !== null || target === null) return null;
  return 'callLogId' in target ? target.callLogId : (matches.get(postbackId)?.callLogId ?? null);
}

function isStale({ sender }: Postback, revisions: ReadonlyMap<string, string>): boolean {
  return 'revision' in sender && revisions.get(sender.webhookId) !== sender.revision;
}

/** True for an undo whose postback is gone, or has found its call since it was read. */
function hasMoved({ undoOf, target }: Postback, { undo }: BatchState): boolean {
  if (undoOf === undefined) return false;
  const undoable = undo?.undoable.get(undoOf);
  const callLogId = target !== null && 'callLogId' in target ? target.callLogId : null;
  return undoable === undefined || undoable.callLogId !== callLogId;
}

/** True where another transaction holds the postback's call, or the call of the postback that it replaces. */
function isLocked(postback: Postback, state: BatchState, locked: ReadonlySet<string>): boolean {
  if (locked.has(callIdOf(postback, state.matches) ?? '')) return true;
  const key = state.undo !== undefined && isCorrecting(postback) ? priorKeyOf(postback) : null;
  const prior = key === null ? undefined : state.prior.get(key);
  const replaced = prior === undefined ? undefined : state.undo?.undoable.get(prior.outcome.postbackId);
  return locked.has(replaced?.callLogId ?? '');
}
