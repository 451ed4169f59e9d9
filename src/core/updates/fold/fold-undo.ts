/** The part of the fold that takes back earlier postbacks: undos, and corrections under a known transaction id. */
import { type CallValues, type Changes, noChanges } from '../../calls/call.ts';
import {
  matchedByOf,
  type Outcome,
  type Postback,
  type PostbackStatus,
  rejectedOutcome,
} from '../postback.ts';
import { type Rejection, reject } from '../rejection.ts';
import { updateToJson } from '../update.ts';
import type { BatchState, FoldedBatch } from './fold.ts';
import { type ChangedSince, type PastChange, sumsOf, undoPostback } from './undo.ts';

/** A postback that is to be undone, as it is locked. */
export type UndoablePostback = {
  postbackId: string;
  status: PostbackStatus;
  callLogId: string | null;
  isUndo: boolean;
  /** the postback that has undone it already */
  undoneBy: Outcome | null;
};

/** What a batch needs to undo postbacks. */
export type UndoState = {
  /** by postback id */
  undoable: Map<string, UndoablePostback>;
  /** by call_log_id, oldest change first */
  histories: Map<string, PastChange[]>;
};

/** What a postback leaves behind when it is taken back. `values` is null where no call changes. */
type TakenBack = { values: CallValues | null; changes: Changes; changedSince: ChangedSince[] };

/** Decides a postback that does nothing but undo another one. */
export function foldUndo(postback: Postback, state: BatchState, batch: FoldedBatch): Outcome {
  const undoable = undoableOf(state, postback.undoOf ?? '');
  const { undoneBy } = undoable;
  if (undoneBy !== null) return { ...undoneBy, isDuplicate: undoneBy.postbackId !== postback.postbackId };
  const taken = takeBack(undoable, state, batch);
  const outcome = 'code' in taken ? rejectedOutcome(postback, taken) : outcomeOf(postback, undoable, taken);
  batch.decided.push({ postback, outcome, update: '{}' });
  if ('code' in taken || postback.isDryRun) return outcome;
  const { callLogId } = undoable;
  if (isPending(undoable)) batch.canceled.push(undoable.postbackId);
  if (callLogId !== null && taken.values !== null && Object.keys(taken.changes).length > 0) {
    batch.changedCalls.set(callLogId, taken.values);
  }
  state.undo?.undoable.set(undoable.postbackId, { ...undoable, undoneBy: outcome });
  recordChange(postback, outcome, state);
  return outcome;
}

/** How the fold treats a postback that replaces nothing. */
type Steps = {
  /** the call that it is for; null where there is none */
  find(postback: Postback): string | null;
  /** decides it by the values that the call has in the batch */
  decide(postback: Postback): Outcome;
};

/**
 * Replaces the postback that came under the same transaction id before: takes it back, then decides the new one. Both are
 * done, or neither.
 */
export function foldCorrection(
  postback: Postback,
  earlier: { phoneNumber: string | null; outcome: Outcome },
  state: BatchState,
  batch: FoldedBatch,
  { find, decide }: Steps,
): Outcome {
  const undoable = undoableOf(state, earlier.outcome.postbackId);
  const taken = undoable.undoneBy === null ? takeBack(undoable, state, batch) : null;
  const asked = atEarlierCall(postback, earlier.phoneNumber, undoable.callLogId);
  const { callLogId } = undoable;
  const isOfCall = callLogId !== null && !isPending(undoable) && undoable.status !== 'rejected';
  if (isOfCall && find(asked) !== callLogId) return rejectedOutcome(postback, reusedForOtherCall());
  if (taken === null || 'code' in taken) return decide(asked);
  const before = batch.changedCalls.get(callLogId ?? '');
  if (callLogId !== null && taken.values !== null) batch.changedCalls.set(callLogId, taken.values);
  const decided = decide(asked);
  const isDone = decided.status !== 'rejected' && !postback.isDryRun;
  if (callLogId !== null && taken.values !== null && !isDone) restore(batch, callLogId, before);
  if (decided.status === 'rejected') return decided;
  const outcome = corrected(postback, decided, undoable, taken);
  if (isDone && isPending(undoable)) batch.canceled.push(undoable.postbackId);
  if (isDone) state.undo?.undoable.set(undoable.postbackId, { ...undoable, undoneBy: outcome });
  return outcome;
}

/** The same number is the same call, even if another call of it is the latest now. */
function atEarlierCall(postback: Postback, phoneNumber: string | null, callLogId: string | null): Postback {
  const { target } = postback;
  const isSame = target !== null && 'phoneNumber' in target && target.phoneNumber === phoneNumber;
  return isSame && callLogId !== null ? { ...postback, target: { callLogId } } : postback;
}

function restore({ changedCalls }: FoldedBatch, callLogId: string, before: CallValues | undefined): void {
  if (before === undefined) changedCalls.delete(callLogId);
  else changedCalls.set(callLogId, before);
}

/** The outcome of the new postback, by what the call had before the earlier one was taken back. */
function corrected(
  { target }: Postback,
  decided: Outcome,
  { postbackId }: UndoablePostback,
  taken: TakenBack,
): Outcome {
  const isApplied = decided.status === 'applied' || decided.status === 'unchanged';
  const changes = netChanges(taken.changes, decided.changes);
  const changedSince = taken.changedSince.filter(({ field }) => !Object.hasOwn(decided.changes, field));
  return {
    ...decided,
    ...(isApplied && { status: statusOf(changes) }),
    ...(target !== null && 'phoneNumber' in target && { matchedBy: 'phone_number' }),
    changes,
    undo: { of: postbackId, changedSince },
  };
}

/** Adds what a postback did to what later undos of the same batch see. */
export function recordChange(postback: Postback, outcome: Outcome, { undo }: BatchState): void {
  const { postbackId, callLogId, status, changes } = outcome;
  if (undo === undefined || postback.isDryRun || status === 'rejected' || status === 'ignored') return;
  const { sender, receivedAt, undoOf } = postback;
  const isUndo = undoOf !== undefined;
  if (!isUndo) {
    undo.undoable.set(postbackId, { postbackId, status, callLogId, isUndo, undoneBy: null });
  }
  const repeats = 'revision' in sender ? (sender.repeats ?? null) : null;
  const by = 'webhookId' in sender ? (sender.webhookName ?? '') : sender.changedBy;
  undo.histories.get(callLogId ?? '')?.push({
    id: postbackId,
    isPostback: 'webhookId' in sender,
    by,
    at: receivedAt,
    changes: status === 'applied' ? changes : noChanges(),
    sums: sumsOf(updateToJson(postback.update), repeats),
    undoOf: outcome.undo?.of ?? null,
    isCorrection: !isUndo && outcome.undo !== undefined,
  });
}

/** Queued or waiting: it has not changed anything yet. */
function isPending({ status }: UndoablePostback): boolean {
  return status === 'queued' || status === 'waiting';
}

function undoableOf({ undo }: BatchState, postbackId: string): UndoablePostback {
  const undoable = undo?.undoable.get(postbackId);
  if (undoable === undefined) throw new Error('a postback to undo was not read');
  return undoable;
}

function takeBack(undoable: UndoablePostback, state: BatchState, batch: FoldedBatch): TakenBack | Rejection {
  const { postbackId, status, callLogId, isUndo } = undoable;
  if (isPending(undoable)) return { values: null, changes: noChanges(), changedSince: [] };
  if (isUndo)
    return notUndoable('It is an undo itself: change the call by hand, or have the update sent again.');
  if (status !== 'applied' && status !== 'unchanged')
    return notUndoable(`It changed nothing, because it is ${status}: there is nothing to undo.`);
  const call = callLogId === null ? undefined : state.calls.get(callLogId);
  if (callLogId === null || call === undefined)
    return reject('call_not_found', 'Its call is no longer there: there is nothing to undo.');
  const history = state.undo?.histories.get(callLogId) ?? [];
  return undoPostback(batch.changedCalls.get(callLogId) ?? call.values, history, postbackId);
}

function outcomeOf(postback: Postback, undoable: UndoablePostback, taken: TakenBack): Outcome {
  const { postbackId, target } = postback;
  return {
    postbackId,
    status: isPending(undoable) ? 'applied' : statusOf(taken.changes),
    isDuplicate: false,
    callLogId: undoable.callLogId,
    matchedBy: matchedByOf(target),
    candidates: target === null ? null : Number(undoable.status !== 'waiting'),
    changes: taken.changes,
    kept: [],
    ignored: [],
    rejection: null,
    undo: { of: undoable.postbackId, changedSince: taken.changedSince },
  };
}

function statusOf(changes: Changes): 'applied' | 'unchanged' {
  return Object.keys(changes).length > 0 ? 'applied' : 'unchanged';
}

/** Two changes one after the other, as one. */
function netChanges(first: Changes, second: Changes): Changes {
  const net = noChanges();
  for (const name of Object.keys({ ...first, ...second })) {
    const from = (first[name] ?? second[name])?.from ?? null;
    const to = (second[name] ?? first[name])?.to ?? null;
    if (from !== to) net[name] = { from, to };
  }
  return net;
}

export function notUndoable(detail: string): Rejection {
  return reject('not_undoable', detail);
}

function reusedForOtherCall(): Rejection {
  return reject(
    'transaction_id_reused',
    'This transaction_id was sent before for another call: send a new id for a new call.',
  );
}
