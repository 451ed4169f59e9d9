/** Legs: calls that a phone system makes for another call, their parent. They are part of it (docs/senders.md#legs). */
import type { FieldValue } from '../updates/fields/fields.ts';
import { type Changes, type LegFactName, legFactNames, noChanges, otherIdsOf } from './call.ts';
import { type CallEvent, type CallWithFacts, noEvent, noFacts } from './call-event.ts';
import { type Facts, lengthsOf } from './call-times.ts';

/** Of an event of a leg, what its parent takes over (docs/senders.md#legs). A leg that never talked says nothing. */
export function legEvent(legId: string, { facts }: CallEvent): CallEvent {
  const { answered_at: answeredAt } = facts;
  const { connected_seconds: seconds } = lengthsOf({ state: 'completed', facts: { ...noFacts(), ...facts } });
  return {
    ...noEvent(),
    facts: {
      ...(typeof answeredAt === 'string' && { answered_at: answeredAt }),
      ...(typeof seconds === 'number' && seconds > 0 && { connected_seconds: seconds }),
    },
    legId,
  };
}

/** The event of a leg that waited for its parent, from `eventToJson`. */
export function legEventFromJson(json: Record<string, unknown>): CallEvent {
  const { leg_id: legId, answered_at: answeredAt, connected_seconds: seconds } = json;
  const facts = {
    ...(typeof answeredAt === 'string' && { answered_at: answeredAt }),
    ...(typeof seconds === 'number' && { connected_seconds: seconds }),
  };
  return { ...noEvent(), facts, legId: String(legId) };
}

/** Beyond any group of phones that ring for one call. */
const legsMax = 200;

/**
 * A call after an event of one of its legs, which only fills what the call's own events have not. Of several legs the
 * earliest answer and the longest talking time count, so that their order does not matter.
 */
export function applyLegEvent(
  call: CallWithFacts,
  event: CallEvent,
): { call: CallWithFacts; changes: Changes } {
  const { legId = '', facts: sent } = event;
  const known = otherIdsOf(call);
  const isNew = legId !== call.callLogId && !known.includes(legId) && call.legIds.length < legsMax;
  const legIds = isNew ? [...call.legIds, legId] : call.legIds;
  const changes = noChanges();
  if (isNew) changes['other_ids'] = { from: known, to: otherIdsOf({ ...call, legIds }) };
  const facts = { ...call.facts };
  for (const name of legFactNames) {
    const [from, of] = [facts[name], sent[name]];
    if (of === undefined || (from !== null && !call.legFacts.includes(name))) continue;
    const to = name === 'answered_at' ? within(facts, of) : of;
    if (from !== null && !isBetter(name, to, from)) continue;
    facts[name] = to;
    changes[name] = { from, to };
  }
  const filled = legFactNames.filter((name) => call.legFacts.includes(name) || changes[name] !== undefined);
  return { call: { ...call, facts, legIds, legFacts: filled }, changes };
}

/** Instants are texts of one length, in the order of time. */
function isBetter(name: LegFactName, to: FieldValue, from: FieldValue): boolean {
  if (name === 'answered_at') return String(to) < String(from);
  return Number(to) > Number(from);
}

/** The answer of a leg, between the start and the end of its parent. */
function within({ started_at: startedAt, ended_at: endedAt }: Facts, answeredAt: FieldValue): FieldValue {
  const notBefore = [startedAt, answeredAt].filter((time) => typeof time === 'string').sort();
  return [notBefore.at(-1), endedAt].filter((time) => typeof time === 'string').sort()[0] ?? answeredAt;
}
