/** What a telephony system tells about a call: that it exists, goes on, or ended. */

import {
  type EventFieldName,
  eventFieldNames,
  eventFields,
  type Field,
  type FieldValue,
  type ReadContext,
  shownFact,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
  updateFields,
} from '../updates/fields/fields.ts';
import { applyUpdate } from '../updates/fold/apply.ts';
import { type Update, updateToJson } from '../updates/update.ts';
import { type Fault, Invalid } from '../values/fault.ts';
import { checkTags, emptyTags, parseTags, type Tags, tagOf } from '../values/tags.ts';
import { readInstant } from '../values/time/instant.ts';
import { type Call, type CallState, type Changes, type FoldedCall, initialValues } from './call.ts';
import { endOf, type Facts, firstStartOf, inOrder, startAfter } from './call-times.ts';
import { earlyConversion } from './early-conversion.ts';

export type CallEvent = {
  state: CallState | undefined;
  facts: Partial<Record<EventFieldName, FieldValue>>;
  /** the values and tags that the event sets, as an update; unlike a postback it may clear money */
  update: Update;
  /** when the event happened, if it was sent: the call did not start later */
  happenedAt?: string | undefined;
  /** the event is one of a leg, and goes to the leg's parent: the id of the leg */
  legId?: string;
  /** the event says that the call has no tags */
  clearsTags: boolean;
  /** the call is taken for completed without anybody saying when it ended: a late event may still tell */
  isEndUnknown?: true;
};

export function noEvent(): CallEvent {
  return {
    state: undefined,
    facts: {},
    update: { set: {}, add: emptyTags(), remove: [] },
    clearsTags: false,
  };
}

/** What is recorded of a live call whose end is never reported. */
export const neverEnded: CallEvent = {
  ...noEvent(),
  state: 'completed',
  isEndUnknown: true,
};

/** Names that only we write; sent back to us with a call that was read, they mean nothing. */
const readOnlyNames = new Set(['call_log_id', 'payout_status', 'queued_updates', 'created_at', 'updated_at']);

const sentNames = ['call_log_id', 'state', 'happened_at', ...eventFieldNames, ...updateFieldNames, 'tags'];

/** Reads the JSON of a call event. The caller reads `call_log_id`. */
export function decodeCallEvent(
  payload: Record<string, unknown>,
  context: ReadContext,
): { event: CallEvent; faults: Fault[] } {
  const faults: Fault[] = [];
  const event = noEvent();
  for (const [name, value] of Object.entries(payload)) {
    const read = readMember(event, name, value, context, faults);
    if (read instanceof Invalid) faults.push({ field: name, code: read.code, detail: read.detail });
  }
  checkConversion(event, faults);
  checkCaller(event, faults);
  return { event, faults };
}

function checkConversion({ facts: { started_at: startedAt }, update }: CallEvent, faults: Fault[]): void {
  const { converted, call_converted_at: convertedAt } = update.set;
  if (typeof convertedAt !== 'string') return;
  if (converted === false) {
    const detail = 'A call that did not convert has no conversion time: leave one of the two out.';
    faults.push({ field: 'call_converted_at', code: 'conflicting_field', detail });
  }
  const early = typeof startedAt === 'string' ? earlyConversion(convertedAt, startedAt) : null;
  if (early !== null) faults.push(early);
}

/** A caller who withholds the number has none. */
function checkCaller({ facts }: CallEvent, faults: Fault[]): void {
  if (facts.caller_withheld !== true) return;
  if (typeof facts.phone_number === 'string') {
    const detail = 'A caller who withholds the number has none: send caller_withheld or phone_number.';
    faults.push({ field: 'caller_withheld', code: 'conflicting_field', detail });
  }
  facts.phone_number = null;
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
    const state = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (state !== 'live' && state !== 'completed') return new Invalid('Send "live" or "completed".');
    event.state = state;
  } else if (name === 'happened_at') {
    const at = value === null ? undefined : readInstant(value, context.timeZone);
    if (at instanceof Invalid) return at;
    event.happenedAt = at;
  } else if (name === 'tags' && value === null) {
    event.clearsTags = true;
  } else if (name === 'tags') {
    const parsed = parseTags(value);
    if (parsed instanceof Invalid) return parsed;
    event.update.add = checkTags(parsed, 'tags', faults);
  } else if (Object.hasOwn(eventFields, name)) {
    const field = name as EventFieldName; // hasOwn says so
    const read = readField(eventFields[field], value, context);
    if (read instanceof Invalid && read.code === 'caller_withheld') {
      Object.assign(event.facts, { phone_number: null, caller_withheld: true });
      return undefined;
    }
    if (read instanceof Invalid) return read;
    event.facts[field] = read;
  } else if (Object.hasOwn(updateFields, name)) {
    const field = name as UpdateFieldName; // hasOwn says so
    // An event may say of any field that the call has none; of a conversion, that it has not converted.
    const none = field === 'converted' ? false : null;
    const read = value === null ? none : readField(updateFields[field], value, context);
    if (read instanceof Invalid) return read;
    event.update.set[field] = read as UpdateValue; // the table's reader returns what the field takes
  } else {
    const detail = `A call event has no field "${name.slice(0, 100)}"; it takes ${sentNames.join(', ')}.`;
    return new Invalid(detail, 'unknown_field');
  }
  return undefined;
}

function readField(field: Field, value: unknown, context: ReadContext): FieldValue | Invalid {
  const isNull = value === null || (field.isEmptyNull === true && value === '');
  if (!isNull) return field.read(value, context);
  return field.isNullable ? null : new Invalid('Send a value: null is not one.');
}

/** The event as it is logged and compared: equal events have equal texts. */
export function eventToJson({ state, facts, update, legId, happenedAt, clearsTags }: CallEvent) {
  const inOrder = eventFieldNames.filter((name) => facts[name] !== undefined);
  const { add, ...set } = updateToJson(update);
  return {
    ...(legId !== undefined && { leg_id: legId }),
    ...(state !== undefined && { state }),
    ...Object.fromEntries(inOrder.map((name) => [name, facts[name]])),
    ...set,
    ...(happenedAt !== undefined && { happened_at: happenedAt }),
    ...(clearsTags ? { tags: null } : add !== undefined && { tags: add }),
  };
}

export function noFacts(): Facts {
  return Object.fromEntries(eventFieldNames.map((name) => [name, null])) as Facts; // every name is there
}

export type CallWithFacts = FoldedCall & Pick<Call, 'facts' | 'legIds' | 'legFacts' | 'createdAt'>;

/** A call after an event, with what the event changed, or why it could not be applied. */
export type CallAfterEvent =
  | { call: CallWithFacts; isCompletedNow: boolean; changes: Changes }
  | 'too_many_tags';

/** The call that the first event makes. */
export function newCall(callLogId: string, event: CallEvent, receivedAt: string): CallAfterEvent {
  const blank: CallWithFacts = {
    callLogId,
    state: 'live',
    facts: noFacts(),
    legIds: [],
    legFacts: [],
    createdAt: receivedAt,
    values: initialValues(),
  };
  const started = { ...event, facts: { started_at: firstStartOf(event, receivedAt), ...event.facts } };
  return applyCallEvent(blank, started, receivedAt, new Set());
}

/**
 * A live call takes every field as sent. A completed one never goes back to live, and an event only fills
 * what is null or a tag it lacks, and that only where no postback or person has set or cleared it before.
 * @param overridden field names and `tags.KEY` that were set by other endpoints; matters for completed calls only
 */
export function applyCallEvent(
  call: CallWithFacts,
  event: CallEvent,
  receivedAt: string,
  overridden: ReadonlySet<string>,
): CallAfterEvent {
  const isLive = call.state === 'live';
  const isCompletedNow = isLive && event.state === 'completed';
  const { facts: sentFacts, update } = isLive
    ? { ...event, update: withClearedTags(call, event) }
    : onlyFilling(call, event, overridden);
  const applied = applyUpdate(call.values, update, receivedAt);
  if (applied === 'too_many_tags') return applied;
  const { values, changes } = applied;
  if (!isLive && overridden.has('call_converted_at')) {
    // A conversion carries a time along, which here others have set or cleared.
    values.call_converted_at = call.values.call_converted_at;
    delete changes['call_converted_at'];
  }
  const facts = { ...call.facts };
  const setFact = (name: EventFieldName, to: FieldValue) => {
    if (isSame(shownFact(name, to), shownFact(name, facts[name]))) return;
    changes[name] = { from: facts[name], to };
    facts[name] = to;
  };
  const setFacts = (some: Partial<Facts>) => {
    for (const name of eventFieldNames) {
      const to = some[name];
      if (to !== undefined) setFact(name, name === 'other_ids' ? newIdsOf(call, to) : to);
    }
  };
  setFacts(sentFacts);
  if (facts.phone_number !== null && facts.caller_withheld === true) setFact('caller_withheld', false);
  if (isCompletedNow) {
    changes['state'] = { from: 'live', to: 'completed' };
    if (facts.ended_at === null && event.isEndUnknown !== true) setFact('ended_at', endOf(facts, receivedAt));
  }
  if (!isLive || event.facts.started_at === undefined) {
    setFact('started_at', startAfter(facts.started_at, call.createdAt, event));
  }
  const state = isLive && !isCompletedNow ? 'live' : 'completed';
  if (state === 'completed') setFacts(inOrder(facts));
  const legFacts = call.legFacts.filter((name) => sentFacts[name] === undefined);
  return { call: { ...call, state, facts, legFacts, values }, isCompletedNow, changes };
}

/** What `other_ids` says beside the ids that the call has anyway; null where that is nothing. */
function newIdsOf({ callLogId, legIds }: CallWithFacts, sent: FieldValue): readonly string[] | null {
  const ids = Array.isArray(sent) ? sent.filter((id) => id !== callLogId && !legIds.includes(id)) : [];
  return ids.length > 0 ? ids : null;
}

function isSame(one: FieldValue, other: FieldValue): boolean {
  return one === other || (Array.isArray(one) && JSON.stringify(one) === JSON.stringify(other));
}

function withClearedTags({ values }: CallWithFacts, { update, clearsTags }: CallEvent): Update {
  return clearsTags ? { ...update, remove: Object.keys(values.tags) } : update;
}

function onlyFilling(
  { facts: known, legFacts, values }: CallWithFacts,
  event: CallEvent,
  overridden: ReadonlySet<string>,
): Pick<CallEvent, 'facts' | 'update'> {
  const facts = { ...known };
  for (const name of legFacts) facts[name] = null;
  const fill = <Name extends string, Value>(sent: Partial<Record<Name, Value>>, has: Record<Name, unknown>) =>
    Object.fromEntries(
      Object.entries(sent).filter(([name]) => has[name as Name] === null && !overridden.has(name)), // sent's keys are names
    ) as Partial<Record<Name, Value>>; // a part of what was sent
  const set = fill(event.update.set, values);
  // A call without any report has not converted: that "false" may still be filled.
  if (event.update.set.converted === true && !values.converted && !overridden.has('converted')) {
    set.converted = true;
  }
  const add: Tags = emptyTags();
  for (const [key, value] of Object.entries(event.update.add)) {
    if (tagOf(values.tags, key) === null && !overridden.has(`tags.${key}`)) add[key] = value;
  }
  const { caller_withheld, ...others } = event.facts;
  const sent = caller_withheld === true && facts.phone_number !== null ? others : event.facts;
  return { facts: fill(sent, facts), update: { set, add, remove: [] } };
}

/** The names that an update set, cleared, added or removed, as `applyCallEvent` takes them. */
export function namesOf(update: Update): string[] {
  const { add = {}, remove = [], ...set } = updateToJson(update);
  const names = [...Object.keys(set), ...[...Object.keys(add), ...remove].map((key) => `tags.${key}`)];
  return names.includes('converted') ? [...names, 'call_converted_at'] : names;
}
