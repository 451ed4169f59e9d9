/**
 * When a call took place, whatever the order of its events: the start is the earliest time that any event contains, and
 * start <= answer <= end on every completed call. Lengths that no event contains are worked out when the call is read, so
 * they always fit its times.
 */
import type { EventFieldName, FieldValue } from '../updates/fields/fields.ts';
import type { Call } from './call.ts';
import type { CallEvent } from './call-event.ts';

export type Facts = Record<EventFieldName, FieldValue>;

/** A time of another century is a missing date, not the start of this call: no late event moves the start further. */
const earlierMsMax = 24 * 3_600_000;

/** The earliest time that an event contains; null where it contains none. */
function earliestTimeOf({ facts, happenedAt }: CallEvent): string | null {
  const { started_at: startedAt, answered_at: answeredAt, ended_at: endedAt } = facts;
  const times = [happenedAt, startedAt, answeredAt, endedAt, startBefore(endedAt, facts.duration_seconds)];
  return earliestOf(times);
}

/** When a call started whose first event contains no start. */
export function firstStartOf(event: CallEvent, receivedAt: string): string {
  const { facts, state } = event;
  const endedAt = facts.ended_at ?? (state === 'completed' ? receivedAt : null);
  return (
    earliestOf([receivedAt, earliestTimeOf(event), startBefore(endedAt, facts.duration_seconds)]) ??
    receivedAt
  );
}

/**
 * The end of a call that completes with an event that does not contain it. Long after the call, as in a file of past calls,
 * it is worked out from start and duration: the time of receipt would make the call last until today.
 */
export function endOf(facts: Facts, receivedAt: string): string {
  const { started_at: startedAt, answered_at: answeredAt, duration_seconds: seconds } = facts;
  if (isText(startedAt) && typeof seconds === 'number') {
    const endMs = Date.parse(startedAt) + seconds * 1_000;
    if (endMs + earlierMsMax < Date.parse(receivedAt)) return new Date(endMs).toISOString();
  }
  return [receivedAt, startedAt, answeredAt].filter(isText).sort().at(-1) ?? receivedAt;
}

/**
 * The start after an event. One that was only known from the receipt of the first event gives way to any time that an
 * event contains.
 */
export function startAfter(startedAt: FieldValue, createdAt: string, event: CallEvent): FieldValue {
  const earliest = earliestTimeOf(event);
  if (earliest === null || !isText(startedAt)) return startedAt;
  if (earliest >= startedAt) return startedAt === createdAt ? earliest : startedAt;
  const isPlausible = Date.parse(startedAt) - Date.parse(earliest) <= earlierMsMax;
  return isPlausible || startedAt === createdAt ? earliest : startedAt;
}

/** The times of a completed call in their order: the end is kept, the answer is not after it, the start before both. */
export function inOrder({ started_at, answered_at, ended_at }: Facts): Partial<Facts> {
  const answeredAt = isText(answered_at) ? earliestOf([answered_at, ended_at]) : answered_at;
  return { answered_at: answeredAt, started_at: earliestOf([started_at, answeredAt, ended_at]) };
}

/** The lengths of a call: as reported; of a completed call else from its times, and null where a time is missing. */
export function lengthsOf({
  state,
  facts,
}: Pick<Call, 'state' | 'facts'>): Pick<Facts, 'duration_seconds' | 'connected_seconds'> {
  if (state === 'live') return facts;
  return {
    duration_seconds: facts.duration_seconds ?? secondsBetween(facts.started_at, facts.ended_at),
    connected_seconds: facts.connected_seconds ?? secondsBetween(facts.answered_at, facts.ended_at),
  };
}

function secondsBetween(from: FieldValue, to: FieldValue): number | null {
  if (!isText(from) || !isText(to)) return null;
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1_000));
}

function startBefore(endedAt: FieldValue | undefined, seconds: FieldValue | undefined): string | null {
  if (!isText(endedAt) || typeof seconds !== 'number') return null;
  const startMs = Date.parse(endedAt) - seconds * 1_000;
  return startMs > 0 ? new Date(startMs).toISOString() : null;
}

function earliestOf(times: readonly (FieldValue | undefined)[]): string | null {
  return times.filter(isText).sort()[0] ?? null;
}

/** Instants are texts of one length, in the order of time. */
function isText(value: FieldValue | undefined): value is string {
  return typeof value === 'string';
}
