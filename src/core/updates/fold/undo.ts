/**
 * Takes back what a postback changed (docs/senders.md#undo). A field gets the value of the last change that is not undone. A
 * field that another change has set since is left unchanged, so postbacks may be undone in any order.
 */
import { type CallValues, type Changes, noChanges } from '../../calls/call.ts';
import { namesOf } from '../../calls/call-event.ts';
import { moneyOf, unitsOf } from '../../values/money/money-units.ts';
import { emptyTags, tagOf } from '../../values/tags.ts';
import {
  type FieldValue,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
} from '../fields/fields.ts';
import type { Update, UpdateJson } from '../update.ts';
import { applyRepeat, isSummed, type Repeats } from './repeats.ts';
import type { EarlierUpdate } from './settle.ts';

/** One change of a call, as its log has it. */
export type PastChange = {
  /** of the postback or call event */
  id: string;
  isPostback: boolean;
  /** who made it: a webhook's name, a person, or what reported the event */
  by: string;
  /** instant */
  at: string;
  changes: Changes;
  /** of a postback: amounts that it added, by field */
  sums: Partial<Record<string, string>>;
  /** the postback that it undoes */
  undoOf: string | null;
  /** true: it undoes a postback and replaces it with a separate update */
  isCorrection: boolean;
};

/** A field that an undo left unchanged, and the last change that set it. */
export type ChangedSince = { field: string; by: string; at: string; postback_id?: string };

export type Undone = { values: CallValues; changes: Changes; changedSince: ChangedSince[] };

/** The amounts that an update adds to what the call has, by field. */
export function sumsOf(update: UpdateJson, repeats: Repeats | null): PastChange['sums'] {
  const sums: PastChange['sums'] = {};
  for (const name of updateFieldNames) {
    const amount = update[name];
    if (repeats !== null && amount !== undefined && isSummed(repeats, name)) sums[name] = String(amount);
  }
  return sums;
}

/**
 * @param history of the call, oldest first
 * @param postbackId one that is not undone yet
 */
export function undoPostback(values: CallValues, history: PastChange[], postbackId: string): Undone {
  const changes = noChanges();
  const changedSince: ChangedSince[] = [];
  const undone = undoneIds(history);
  const own = history.find(({ id }) => id === postbackId);
  for (const field of Object.keys(own?.changes ?? {})) {
    const from = currentOf(values, field);
    const to = valueWithout(history, undone, postbackId, field, from);
    if (typeof to === 'object' && to !== null && 'by' in to) changedSince.push({ field, ...to });
    else if (to !== from) changes[field] = { from, to };
  }
  return { values: withChanges(values, changes), changes, changedSince };
}

/**
 * What a call is if postbacks had never come: every field that they name gets the value that the others give it. A field that a
 * call event has set between postbacks stays.
 * @param gone the postbacks
 * @param others all that the call got from other postbacks and by hand, and that was not undone, in order of receipt
 */
export function withoutPostbacks(
  values: CallValues,
  history: PastChange[],
  gone: { id: string; update: Update }[],
  others: EarlierUpdate[],
): { values: CallValues; changes: Changes } {
  const isGone = undoneIds(history);
  for (const { id } of gone) isGone.add(id);
  const known = new Set(others.map(({ postbackId }) => postbackId));
  const bases = noChanges();
  for (const field of new Set(gone.flatMap(({ update }) => namesOf(update)))) {
    const current = currentOf(values, field);
    const past = inOrder(history, field, current);
    const start = past.findIndex(({ id }) => isGone.has(id) || known.has(id));
    const first = past[start];
    const isOfPostbacks = past.slice(start).every(({ id }) => isGone.has(id) || known.has(id));
    if (first !== undefined && isOfPostbacks)
      bases[field] = { from: current, to: changeOf(first, field).from };
  }
  let next = withChanges(values, bases);
  for (const { update, repeats, receivedAt } of others) {
    const applied = applyRepeat(next, onlyNames(update, bases), receivedAt, repeats ?? undefined);
    if (!('code' in applied)) next = applied.values;
  }
  const changes = noChanges();
  for (const field of changedNames(values, next)) {
    changes[field] = { from: currentOf(values, field), to: currentOf(next, field) };
  }
  return { values: next, changes };
}

/** The part of an update that is about these fields. */
function onlyNames(update: Update, names: Changes): Update {
  const has = (name: string) => Object.hasOwn(names, name);
  const isTag = (key: string) => has(`${tagPrefix}${key}`);
  const { set } = update;
  const add = Object.fromEntries(Object.entries(update.add).filter(([key]) => isTag(key)));
  return {
    set: Object.fromEntries(Object.entries(set).filter(([name]) => has(name))) as Update['set'], // a part of it
    add: Object.assign(emptyTags(), add),
    remove: update.remove.filter(isTag),
  };
}

function changedNames(from: CallValues, to: CallValues): string[] {
  const keys = new Set([...Object.keys(from.tags), ...Object.keys(to.tags)]);
  const names = [...updateFieldNames, ...Array.from(keys, (key) => `${tagPrefix}${key}`)];
  return names.filter((name) => currentOf(from, name) !== currentOf(to, name));
}

/** What counts no more: postbacks that are undone, and the undos themselves. */
function undoneIds(history: PastChange[]): Set<string> {
  const ids = new Set<string>();
  for (const { id, undoOf, isCorrection } of history) {
    if (undoOf === null) continue;
    ids.add(undoOf);
    if (!isCorrection) ids.add(id);
  }
  return ids;
}

type SetBy = Omit<ChangedSince, 'field'>;

/** The value of a field without one of its changes, or who has set it since. */
function valueWithout(
  history: PastChange[],
  undone: ReadonlySet<string>,
  postbackId: string,
  field: string,
  current: FieldValue,
): FieldValue | SetBy {
  const past = inOrder(history, field, current);
  const at = past.findIndex(({ id }) => id === postbackId);
  const own = past[at];
  if (own === undefined) return current;
  const later = past.slice(at + 1).filter(({ id }) => !undone.has(id));
  const amount = own.sums[field];
  const setter = later.findLast(({ sums }) => amount === undefined || sums[field] === undefined);
  if (setter !== undefined) return setBy(setter);
  const last = later.at(-1);
  if (amount !== undefined && last !== undefined) {
    const rest = unitsOf(String(current)) - unitsOf(amount);
    // Below zero, the amount is not in the value: a later value replaced it, and stayed when it was itself undone.
    return rest < 0 ? setBy(last) : moneyOf(rest);
  }
  const first = past[0] ?? own;
  const earlier = past.slice(0, at).filter(({ id }) => !undone.has(id));
  return earlier.reduce((value, change) => valueAfter(value, change, field), changeOf(first, field).from);
}

function valueAfter(value: FieldValue, change: PastChange, field: string): FieldValue {
  const amount = change.sums[field];
  return amount === undefined
    ? changeOf(change, field).to
    : moneyOf(unitsOf(String(value ?? '0')) + unitsOf(amount));
}

function setBy({ id, isPostback, by, at }: PastChange): SetBy {
  return { by, at, ...(isPostback && { postback_id: id }) };
}

/**
 * The changes of one field, oldest first. Each begins where the one before it ended: where the clocks of two servers give
 * another order than that, the values decide.
 */
function inOrder(history: PastChange[], field: string, current: FieldValue): PastChange[] {
  const rest = history.filter(({ changes }) => Object.hasOwn(changes, field));
  const ordered: PastChange[] = [];
  let value = current;
  while (rest.length > 0) {
    const linked = rest.findLastIndex((change) => changeOf(change, field).to === value);
    const [last] = rest.splice(linked === -1 ? rest.length - 1 : linked, 1);
    if (last === undefined) break;
    ordered.push(last);
    value = changeOf(last, field).from;
  }
  return ordered.reverse();
}

function changeOf({ changes }: PastChange, field: string): Changes[string] {
  const change = changes[field];
  if (change === undefined) throw new Error(`a change does not have the field ${field}`);
  return change;
}

const tagPrefix = 'tags.';

function currentOf(values: CallValues, field: string): FieldValue {
  return field.startsWith(tagPrefix)
    ? tagOf(values.tags, field.slice(tagPrefix.length))
    : values[field as UpdateFieldName]; // a postback changes update fields and tags
}

function withChanges(values: CallValues, changes: Changes): CallValues {
  const next = { ...values, tags: Object.assign(emptyTags(), values.tags) };
  for (const [field, { to }] of Object.entries(changes)) {
    const key = field.startsWith(tagPrefix) ? field.slice(tagPrefix.length) : null;
    if (key === null)
      next[field as UpdateFieldName] = to as UpdateValue; // the same fields
    else if (to === null) delete next.tags[key];
    else next.tags[key] = String(to);
  }
  return next;
}
