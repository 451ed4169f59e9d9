/** What a telephony system tells about a call: that it exists, goes on, or ended (contract 3, `POST /calls`). */
import { applyUpdate } from './apply.ts';
import type { CallState, Changes, FoldedCall } from './call.ts';
import { type Fault, Invalid } from './fault.ts';
import {
  type EventFieldName,
  eventFieldNames,
  eventFields,
  type Field,
  type FieldValue,
  type ReadContext,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
  updateFields,
} from './fields.ts';
import { checkTags, emptyTags, spellOutTags, type Tags, tagOf } from './tags.ts';
import { type Update, updateToJson } from './update.ts';

export type CallEvent = {
  state: CallState | undefined;
  facts: Partial<Record<EventFieldName, FieldValue>>;
  /** the values and tags that the event sets, as an update */
  update: Update;
};

/** Names that only we write; sent back to us with a call that was read, they mean nothing. */
const readOnlyNames = new Set(['call_log_id', 'payout_status', 'queued_updates', 'created_at', 'updated_at']);

/** Reads the JSON of a call event. The caller reads `call_log_id`. */
export function decodeCallEvent(
  payload: Record<string, unknown>,
  context: ReadContext,
): { event: CallEvent; faults: Fault[] } {
  const faults: Fault[] = [];
  const event: CallEvent = { state: undefined, facts: {}, update: { set: {}, add: emptyTags(), remove: [] } };
  for (const [name, value] of Object.entries(payload)) {
    const read = readMember(event, name, value, context, faults);
    if (read instanceof Invalid) faults.push({ field: name, code: read.code, detail: read.detail });
  }
  const { converted, call_converted_at: convertedAt } = event.update.set;
  if (converted === false && typeof convertedAt === 'string') {
    const detail = 'A call that did not convert has no conversion time: leave one of the two out.';
    faults.push({ field: 'call_converted_at', code: 'conflicting_field', detail });
  }
  return { event, faults };
}

function readMember(
  event: CallEvent,
  name: string,
  value: unknown,
  context: ReadContext,
  faults: Fault[],
): Invalid | undefined {
  if (readOnlyNames.has(name)) return undefined;
  if (name === 'state') {
    if (value !== 'live' && value !== 'completed') return new Invalid('Send "live" or "completed".');
    event.state = value;
  } else if (name === 'tags') {
    const spelledOut = spellOutTags(value ?? {});
    if (spelledOut instanceof Invalid) return spelledOut;
    event.update.add = checkTags(spelledOut, 'tags', faults);
  } else if (Object.hasOwn(eventFields, name)) {
    const field = name as EventFieldName; // hasOwn says so
    const read = readField(eventFields[field], value, context);
    if (read instanceof Invalid) return read;
    event.facts[field] = read;
  } else if (Object.hasOwn(updateFields, name)) {
    const field = name as UpdateFieldName; // hasOwn says so
    // An event that describes a call may say of any field that it has none.
    const read = value === null ? undefined : readField(updateFields[field], value, context);
    if (read instanceof Invalid) return read;
    if (read !== undefined)
      event.update.set[field] = read as UpdateValue; // the table's reader returns what the field takes
    else if (updateFields[field].isNullable) event.update.set[field] = null;
  } else {
    return new Invalid(`A call has no field "${name.slice(0, 100)}".`, 'unknown_field');
  }
  return undefined;
}

function readField(field: Field, value: unknown, context: ReadContext): FieldValue | Invalid {
  const isNull = value === null || (field.isEmptyNull === true && value === '');
  if (!isNull) return field.read(value, context);
  return field.isNullable ? null : new Invalid('Send a value: null is not one.');
}

export type CallWithFacts = FoldedCall & { facts: Record<EventFieldName, FieldValue> };

/** A call after an event, with what the event changed, or why it could not be applied. */
export type CallAfterEvent =
  | { call: CallWithFacts; isCompletedNow: boolean; changes: Changes }
  | 'too_many_tags';

/** The call that the first event makes. */
export function newCall(callLogId: string, event: CallEvent, receivedAt: string): CallAfterEvent {
  const facts = Object.fromEntries(eventFieldNames.map((name) => [name, null]));
  const values = Object.fromEntries(updateFieldNames.map((name) => [name, null]));
  const blank: CallWithFacts = {
    callLogId,
    state: 'live',
    // Both tables' names are all there, with null in each; the two that are never null follow.
    facts: { ...(facts as Record<EventFieldName, FieldValue>), started_at: startOf(event, receivedAt) },
    values: { ...(values as Record<UpdateFieldName, UpdateValue>), converted: false, tags: emptyTags() },
  };
  return applyCallEvent(blank, event, receivedAt, new Set());
}

/** When a call began that was first heard of by this event: its length before its end, as far as they are known. */
function startOf({ state, facts }: CallEvent, receivedAt: string): string {
  const endedAt = typeof facts.ended_at === 'string' ? facts.ended_at : receivedAt;
  const seconds = typeof facts.duration_seconds === 'number' ? facts.duration_seconds : 0;
  return state === 'completed' ? new Date(Date.parse(endedAt) - seconds * 1_000).toISOString() : receivedAt;
}

/**
 * A live call takes every field as sent. A completed one never goes back to live, and an event only fills
 * what is null or a tag it lacks, and that only where no postback or person has set or cleared it before.
 * @param overridden field names and `tags.KEY` that were set by other doors; matters for completed calls only
 */
export function applyCallEvent(
  call: CallWithFacts,
  event: CallEvent,
  receivedAt: string,
  overridden: ReadonlySet<string>,
): CallAfterEvent {
  const isLive = call.state === 'live';
  const isCompletedNow = isLive && event.state === 'completed';
  const sent = isLive ? event : onlyFilling(call, event, overridden);
  const applied = applyUpdate(call.values, sent.update, receivedAt);
  if (applied === 'too_many_tags') return applied;
  const { values, changes } = applied;
  const facts = { ...call.facts };
  for (const name of eventFieldNames) {
    const to = sent.facts[name];
    if (to === undefined || to === facts[name]) continue;
    changes[name] = { from: facts[name], to };
    facts[name] = to;
  }
  if (isCompletedNow) {
    changes['state'] = { from: 'live', to: 'completed' };
    facts.ended_at ??= receivedAt;
  }
  const state = isLive && !isCompletedNow ? 'live' : 'completed';
  return { call: { ...call, state, facts, values }, isCompletedNow, changes };
}

function onlyFilling(call: CallWithFacts, event: CallEvent, overridden: ReadonlySet<string>): CallEvent {
  const fill = <Name extends string, Value>(sent: Partial<Record<Name, Value>>, has: Record<Name, unknown>) =>
    Object.fromEntries(
      Object.entries(sent).filter(([name]) => has[name as Name] === null && !overridden.has(name)), // sent's keys are names
    ) as Partial<Record<Name, Value>>; // a part of what was sent
  const add: Tags = emptyTags();
  for (const [key, value] of Object.entries(event.update.add)) {
    if (tagOf(call.values.tags, key) === null && !overridden.has(`tags.${key}`)) add[key] = value;
  }
  return {
    state: event.state,
    facts: fill(event.facts, call.facts),
    // A call that nobody said anything about has not converted: that "false" may still be filled.
    update: {
      set: fill(event.update.set, { ...call.values, converted: call.values.converted || null }),
      add,
      remove: [],
    },
  };
}

/** The names that an update set, cleared, added or removed, as `applyCallEvent` wants them. */
export function namesOf(update: Update): string[] {
  const { add = {}, remove = [], ...set } = updateToJson(update);
  const names = [...Object.keys(set), ...[...Object.keys(add), ...remove].map((key) => `tags.${key}`)];
  return names.includes('converted') ? [...names, 'call_converted_at'] : names;
}
