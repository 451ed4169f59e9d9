/**
 * The batch, decided: the locked calls and the prior postbacks of transaction ids go in, one outcome
 * per postback and the changed calls come out. Pure; the store reads before and writes after.
 */

import { type CallValues, type FoldedCall, noChanges } from '../../calls/call.ts';
import { earlyConversion } from '../../calls/early-conversion.ts';
import { isCompletedOnly, type UpdateFieldName } from '../fields/fields.ts';
import {
  countsFrom,
  ignoredOutcome,
  type MatchedBy,
  type Outcome,
  type Postback,
  rejectedOutcome,
} from '../postback.ts';
import { type Rejection, reject, rejectFaults } from '../rejection.ts';
import { type Update, type UpdateJson, updateToJson } from '../update.ts';
import { foldCorrection, foldUndo, recordChange, type UndoState } from './fold-undo.ts';
import { applyRepeat, type Repeats, rejectSumWithoutId } from './repeats.ts';
import { waitingOutcome } from './wait.ts';

/** How a postback's phone number matched; a call id is null where none was picked. */
export type Match = { callLogId: string | null; candidates: number; callLogIds: string[] };

/** An earlier postback with the same transaction id, and the answer it was given. */
export type PriorPostback = {
  phoneNumber: string | null;
  /** JSON text of its `UpdateJson` */
  update: string;
  outcome: Outcome;
  /** how many corrections it comes after; 0 if left out */
  correction?: number;
  /** true: a person has named its call, which its sender need not know */
  isPlacedByHand?: boolean;
  /** the one that it replaced */
  replaced?: PriorPostback;
};

/** A postback with its outcome, ready to be written. `update` is JSON text. */
export type Decided = { postback: Postback; outcome: Outcome; update: string; correction?: number };

export type BatchState = {
  /** by call_log_id; the locked calls */
  calls: Map<string, FoldedCall>;
  /** other ids that postbacks name, and the call_log_id that each leads to */
  otherIds: ReadonlyMap<string, string>;
  /** by postback id; only for postbacks that name a phone number */
  matches: Map<string, Match>;
  /** by `priorKey` */
  prior: Map<string, PriorPostback>;
  /** left out where the batch undoes nothing */
  undo?: UndoState;
};

export type FoldedBatch = {
  /** in the order of the input */
  outcomes: Outcome[];
  /** what the log gets: every postback but repeats */
  decided: Decided[];
  /** new values by call_log_id */
  changedCalls: Map<string, CallValues>;
  /** ids of queued and waiting postbacks that were undone */
  canceled: string[];
};

/** Folds a batch in its order: a later postback sees what an earlier one did. */
export function foldBatch(postbacks: Postback[], state: BatchState): FoldedBatch {
  const batch: FoldedBatch = { outcomes: [], decided: [], changedCalls: new Map(), canceled: [] };
  for (const postback of postbacks) batch.outcomes.push(foldOne(postback, state, batch));
  return batch;
}

/** Transaction ids are unique within a webhook. */
export function priorKey(webhookId: string, transactionId: string): string {
  return `${webhookId} ${transactionId}`;
}

function foldOne(postback: Postback, state: BatchState, batch: FoldedBatch): Outcome {
  if (postback.undoOf !== undefined) return foldUndo(postback, state, batch);
  if (postback.isIgnored === true && postback.isReread !== true) return ignoredOutcome(postback.postbackId);
  const update = JSON.stringify(updateToJson(postback.update) satisfies UpdateJson);
  const key = postback.rejection === null ? priorKeyOf(postback) : null;
  const earlier = key === null ? undefined : state.prior.get(key);
  const first = findFirst(postback, update, earlier, state) ?? newerOf(postback, earlier);
  if (first !== undefined) return answerAgain(postback, first, update, batch.decided);
  const outcome = decideAfter(earlier, postback, state, batch);
  const correction = earlier === undefined ? 0 : (earlier.correction ?? 0) + 1;
  batch.decided.push({ postback, outcome, update, correction });
  if (key !== null && outcome.status !== 'rejected' && !postback.isDryRun) {
    state.prior.set(key, {
      phoneNumber: phoneNumberOf(postback),
      ...{ update, outcome, correction, isPlacedByHand: postback.replay !== undefined },
      ...(earlier !== undefined && { replaced: earlier }),
    });
  }
  recordChange(postback, outcome, state);
  return outcome;
}

/** @param earlier the last postback under the same transaction id, which had another update */
function decideAfter(
  earlier: PriorPostback | undefined,
  postback: Postback,
  state: BatchState,
  batch: FoldedBatch,
): Outcome {
  if (earlier === undefined) return decide(postback, state, batch);
  if (!isCorrecting(postback)) return rejectedOutcome(postback, reusedTransactionId());
  return foldCorrection(postback, earlier, state, batch, {
    find: (one) => {
      const found = findCall(one, state);
      return 'call' in found ? found.call.callLogId : null;
    },
    decide: (one) => decide(one, state, batch),
  });
}

/** The first response again. */
export function answerAgain(postback: Postback, first: Outcome, update: string, decided: Decided[]): Outcome {
  if (postback.isReread === true) decided.push(repeatOfKept(postback, first, update));
  // Its own id: an earlier try was committed after all, later than the writer looked for it.
  return { ...first, isDuplicate: first.postbackId !== postback.postbackId };
}

/** What came under its transaction id while a request was kept: an older request does not correct it. */
export function newerOf(
  { isReread, postbackId }: Postback,
  earlier: PriorPostback | undefined,
): Outcome | undefined {
  const isNewer = isReread === true && earlier !== undefined && earlier.outcome.postbackId > postbackId;
  return isNewer ? earlier.outcome : undefined;
}

/** A request was kept, and its sender has sent it again since: it changes nothing, and no longer waits. */
function repeatOfKept(postback: Postback, { callLogId }: Outcome, update: string): Decided {
  const outcome = { ...ignoredOutcome(postback.postbackId), status: 'unchanged' as const, callLogId };
  return { postback: { ...postback, transactionId: null }, outcome, update };
}

export function decide(postback: Postback, state: BatchState, batch: FoldedBatch): Outcome {
  // The log must have the result of what was kept.
  if (postback.isIgnored === true) return { ...ignoredOutcome(postback.postbackId), status: 'unchanged' };
  const { update, transactionId } = postback;
  const repeats = repeatsOf(postback);
  const early = postback.rejection ?? rejectSumWithoutId(update, repeats, transactionId);
  if (early !== null) {
    const outcome = rejectedOutcome(postback, early);
    return postback.isKept === true ? { ...outcome, status: 'kept' } : outcome;
  }
  const found = findCall(postback, state);
  if ('rejection' in found) return unmatched(postback, found.rejection, found.candidates);
  const { callLogId, values, state: callState } = found.call;
  const isLive = callState === 'live';
  const current = batch.changedCalls.get(callLogId) ?? values;
  const applied =
    (isLive && postback.hasWaited === undefined ? rejectCompletedOnly(postback) : null) ??
    rejectEarlyConversion(update, found.call) ??
    applyRepeat(current, update, countsFrom(postback), repeats);
  if ('code' in applied) {
    const outcome = rejectedOutcome(postback, applied, found.candidates);
    return { ...outcome, callLogId, matchedBy: found.matchedBy };
  }
  const hasChanged = !isLive && Object.keys(applied.changes).length > 0;
  if (hasChanged && !postback.isDryRun) batch.changedCalls.set(callLogId, applied.values);
  return {
    postbackId: postback.postbackId,
    status: isLive ? 'queued' : hasChanged ? 'applied' : 'unchanged',
    isDuplicate: false,
    callLogId,
    matchedBy: found.matchedBy,
    candidates: found.candidates,
    changes: isLive ? noChanges() : applied.changes,
    kept: isLive ? [] : applied.kept,
    ignored: postback.ignored,
    rejection: null,
  };
}

/** A postback that finds no call waits for it where its webhook says so. */
function unmatched(postback: Postback, rejection: Rejection, candidates: number | null): Outcome {
  return postback.wait === undefined
    ? rejectedOutcome(postback, rejection, candidates)
    : waitingOutcome(postback, postback.wait, rejection, candidates);
}

/** True where a postback is about to wait for its call, or might be for another call of its number that arrives. */
export function dependsOnArrivals(postback: Postback, state: BatchState): boolean {
  const mayWait = postback.wait !== undefined && postback.rejection === null && !postback.isDryRun;
  return mayWait && (phoneNumberOf(postback) !== null || 'rejection' in findCall(postback, state));
}

type Found =
  | { call: FoldedCall; candidates: number; matchedBy: MatchedBy }
  | { rejection: Rejection; candidates: number | null };

function findCall({ postbackId, target }: Postback, { calls, otherIds, matches }: BatchState): Found {
  if (target === null) throw new Error('a postback without a target must carry its rejection');
  if ('callLogId' in target) {
    const call = calls.get(target.callLogId);
    if (call !== undefined) return { call, candidates: 1, matchedBy: 'call_log_id' };
    const named = calls.get(otherIds.get(target.callLogId) ?? '');
    if (named !== undefined) return { call: named, candidates: 1, matchedBy: 'other_id' };
    const detail = 'No call has this call_log_id: check the id, or send the call first.';
    return { rejection: reject('call_not_found', detail), candidates: null };
  }
  const match = matches.get(postbackId);
  const call = match?.callLogId == null ? undefined : calls.get(match.callLogId);
  if (match !== undefined && call !== undefined)
    return { call, candidates: match.candidates, matchedBy: 'phone_number' };
  if (match !== undefined && match.candidates > 0) {
    const detail = `${match.candidates} calls of this number are in the window: name one by its call_log_id.`;
    const rejection = { ...reject('ambiguous_call', detail), callLogIds: match.callLogIds };
    return { rejection, candidates: match.candidates };
  }
  const detail =
    'No call from this number started within the webhook’s match window: send the call_log_id, or widen the window.';
  return { rejection: reject('no_call_in_window', detail), candidates: 0 };
}

function rejectCompletedOnly({ update }: Postback): Rejection | null {
  const names = (Object.keys(update.set) as UpdateFieldName[]).filter(isCompletedOnly); // set's keys are fields
  if (names.length === 0) return null;
  const detail =
    'Only a completed call takes this field, and the call is still live: send it again once the call ended.';
  return rejectFaults(names.map((field) => ({ field, code: 'call_not_completed', detail })));
}

/** Where no event contained the start, the call may be out of an archive. */
const beforeReceiptMsMax = 3_653 * 86_400_000;

function rejectEarlyConversion({ set }: Update, { startedAt, createdAt }: FoldedCall): Rejection | null {
  const convertedAt = set.call_converted_at;
  if (typeof convertedAt !== 'string' || startedAt === undefined) return null;
  const fault = earlyConversion(
    convertedAt,
    startedAt,
    startedAt === createdAt ? beforeReceiptMsMax : undefined,
  );
  return fault && rejectFaults([fault]);
}

/** An id that an event gives to a call is one of another call. */
export function idTaken({ takenId, callLogId }: { takenId: string; callLogId: string }): Rejection {
  const detail = `"${takenId}" is an id of the call "${callLogId}": leave it out, or send the event for that call.`;
  return rejectFaults([{ field: 'other_ids', code: 'invalid_value', detail }]);
}

export function reusedTransactionId(): Rejection {
  return reject(
    'transaction_id_reused',
    'This transaction_id was sent before with another update: send a new id for a new update.',
  );
}

/** The answer to the first request with this transaction id and update, also where a correction has replaced it since. */
function findFirst(
  postback: Postback,
  update: string,
  earlier: PriorPostback | undefined,
  state: BatchState,
): Outcome | undefined {
  for (let prior = earlier; prior !== undefined; prior = prior.replaced) {
    if (isRepeat(postback, update, prior, state)) return prior.outcome;
  }
  return undefined;
}

/** True where another update under a known transaction id replaces the earlier one. */
export function isCorrecting({ sender }: Postback): boolean {
  return 'revision' in sender && sender.isCorrecting === true;
}

function isRepeat(
  { target }: Postback,
  update: string,
  earlier: PriorPostback,
  { otherIds }: BatchState,
): boolean {
  if (target === null || update !== earlier.update) return false;
  if (earlier.isPlacedByHand === true) return true;
  if ('phoneNumber' in target) return earlier.phoneNumber === target.phoneNumber;
  const { matchedBy, callLogId } = earlier.outcome;
  if (matchedBy === 'phone_number' || callLogId === null) return false;
  return [target.callLogId, otherIds.get(target.callLogId)].includes(callLogId);
}

function repeatsOf({ sender }: Postback): Repeats | undefined {
  return 'revision' in sender ? sender.repeats : undefined;
}

/** Null for a postback without a transaction id, and for a change by hand. */
export function priorKeyOf({ sender, transactionId }: Postback): string | null {
  return transactionId !== null && 'webhookId' in sender ? priorKey(sender.webhookId, transactionId) : null;
}

export function phoneNumberOf({ target }: Postback): string | null {
  return target !== null && 'phoneNumber' in target ? target.phoneNumber : null;
}
