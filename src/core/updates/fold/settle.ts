/** Postbacks that waited and whose call is there now: each is decided as if the call had been there at its receipt. */
import type { CallValues } from '../../calls/call.ts';
import { namesOf } from '../../calls/call-event.ts';
import { emptyTags } from '../../values/tags.ts';
import type { UpdateFieldName } from '../fields/fields.ts';
import { countsFrom, type Outcome, type Postback } from '../postback.ts';
import type { Update } from '../update.ts';
import { type BatchState, decide } from './fold.ts';
import { policyOf, type Repeats } from './repeats.ts';

/** An update that the call got already. */
export type EarlierUpdate = {
  postbackId: string;
  callLogId: string;
  update: Update;
  repeats: Repeats | null;
  /** instant that its conversion time counts from */
  receivedAt: string;
};

export type SettledBatch = {
  /** in the order of the input; `waiting` for a postback that waits on */
  outcomes: Outcome[];
  /** new values by call_log_id */
  changedCalls: Map<string, CallValues>;
};

/**
 * Folds postbacks that waited, in order of receipt.
 * @param done what the calls got meanwhile: where it was received later than a postback, its values win
 */
export function settle(waited: Postback[], state: BatchState, done: EarlierUpdate[]): SettledBatch {
  const batch = { outcomes: [], decided: [], changedCalls: new Map<string, CallValues>(), canceled: [] };
  const outcomes = waited.map((postback) => {
    const call = callOf(postback, state);
    if (call === null) return decide(postback, state, batch);
    const newer = done.filter(
      ({ postbackId, callLogId }) => callLogId === call.callLogId && postbackId > postback.postbackId,
    );
    const values = batch.changedCalls.get(call.callLogId) ?? call.values;
    return decide({ ...postback, update: withoutNewer(postback, newer, values) }, state, batch);
  });
  return { outcomes, changedCalls: batch.changedCalls };
}

function callOf({ target, postbackId }: Postback, { calls, otherIds, matches }: BatchState) {
  if (target === null) return null;
  if ('callLogId' in target)
    return calls.get(target.callLogId) ?? calls.get(otherIds.get(target.callLogId) ?? '') ?? null;
  return calls.get(matches.get(postbackId)?.callLogId ?? '') ?? null;
}

/** What is left of an update when later ones are applied after it. */
function withoutNewer(postback: Postback, newer: EarlierUpdate[], values: CallValues): Update {
  const { update } = postback;
  if (newer.length === 0) return update;
  const overridden = new Set(newer.flatMap(overridingNames));
  const set = Object.fromEntries(
    Object.entries(update.set).filter(([name]) => !overridden.has(name)),
  ) as Update['set']; // a part of what it was
  const add = Object.assign(
    emptyTags(),
    Object.fromEntries(Object.entries(update.add).filter(([key]) => !overridden.has(`tags.${key}`))),
  );
  const remove = update.remove.filter((key) => !overridden.has(`tags.${key}`));
  const convertedAt = earlierConversion(postback, newer, values);
  return { set: { ...set, ...(convertedAt !== null && { call_converted_at: convertedAt }) }, add, remove };
}

/** What an update overrides whatever was there before it: not what it sums, nor what it only fills. */
function overridingNames({ update, repeats }: EarlierUpdate): string[] {
  const policies = repeats ?? {};
  return namesOf(update).filter((name) => {
    const policy = policyOf(policies, name.startsWith('tags.') ? 'add' : (name as UpdateFieldName)); // or a field's name
    return policy !== 'add' && policy !== 'keep';
  });
}

/** Where both say that the call converted, and the later one names no time, the first time counts (docs/senders.md#fields). */
function earlierConversion(postback: Postback, newer: EarlierUpdate[], values: CallValues): string | null {
  const { set } = postback.update;
  const has = (name: UpdateFieldName) => newer.some(({ update }) => update.set[name] !== undefined);
  const isKept = has('converted') && !has('call_converted_at') && values.converted === true;
  const isEverRevoked = newer.some(({ update }) => update.set.converted === false);
  if (set.converted !== true || !isKept || isEverRevoked) return null;
  const convertedAt = set.call_converted_at;
  return typeof convertedAt === 'string' ? convertedAt : countsFrom(postback);
}
