import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyCallEvent,
  type CallAfterEvent,
  type CallWithFacts,
  decodeCallEvent,
  newCall,
  noFacts,
} from './call-event.ts';
import { endOf, lengthsOf } from './call-times.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();
const arrival = (n: number) => new Date(Date.UTC(2026, 10, 20, 11, n)).toISOString();
const context = { timeZone: 'UTC', defaultCountry: 'US' };

type Sent = { fields: Record<string, unknown>; happenedAt?: string };

/** The call after these events, each received later than every time that they contain. */
function callAfter(events: Sent[]) {
  let call: CallWithFacts | null = null;
  for (const [at, { fields, happenedAt }] of events.entries()) {
    const receivedAt = arrival(at);
    const { event, faults } = decodeCallEvent(fields, { ...context, receivedAt });
    expect(faults).toEqual([]);
    event.happenedAt = happenedAt;
    const after: CallAfterEvent =
      call === null ? newCall('C', event, receivedAt) : applyCallEvent(call, event, receivedAt, new Set());
    if (after === 'too_many_tags') throw new Error('the tags fit in this test');
    call = after.call;
  }
  if (call === null) throw new Error('there was no event');
  return call;
}

function ordersOf<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

const started: Sent = { fields: { state: 'live', started_at: minute(0) }, happenedAt: minute(0) };
const ringing: Sent = { fields: { state: 'live', phone_number: '+12125550123' } };
const answered: Sent = { fields: { state: 'live', answered_at: minute(2) }, happenedAt: minute(2) };
const ended: Sent = { fields: { state: 'completed', ended_at: minute(5), end_status: 'answered' } };

test.each<[string, Sent[]]>([
  ['with every time', [started, { ...ringing, happenedAt: minute(1) }, answered, ended]],
  ['with a ring of no time', [started, ringing, answered, ended]],
  ['without the start', [{ ...ringing, happenedAt: minute(0) }, answered, ended, { fields: { buyer: 'B' } }]],
  ['with a length', [ringing, answered, { fields: { ...ended.fields, duration_seconds: 300 } }, started]],
])('the four events of a call make the same call in each of their 24 orders: %s', (_what, events) => {
  const calls = ordersOf(events).map(callAfter);
  expect(calls).toHaveLength(24);
  for (const call of calls) {
    expect({ ...call.facts, ...lengthsOf(call) }).toMatchObject({
      ...{ started_at: minute(0), answered_at: minute(2), ended_at: minute(5) },
      ...{ duration_seconds: 300, connected_seconds: 180, phone_number: '+12125550123' },
    });
    expect({ ...call, createdAt: null }).toEqual({ ...calls[0], createdAt: null });
  }
});

test('start <= answer <= end on every completed call, whatever the events contain', () => {
  const time = fc.option(fc.integer({ min: 0, max: 59 }).map(minute), { nil: undefined });
  const event = fc
    .record({ started_at: time, answered_at: time, ended_at: time, happenedAt: time, isEnd: fc.boolean() })
    .map(({ happenedAt, isEnd, ...times }) => ({
      fields: {
        state: isEnd ? 'completed' : 'live',
        ...Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)),
      },
      ...(happenedAt !== undefined && { happenedAt }),
    }));
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
      const call = callAfter([...events, { fields: { state: 'completed' } }]);
      const { started_at: start, answered_at: answer, ended_at: end } = call.facts;
      expect(String(start) <= String(end)).toBe(true);
      if (answer !== null)
        expect(String(start) <= String(answer) && String(answer) <= String(end)).toBe(true);
    }),
  );
});

test('a late event with a missing date does not move the start to 1970', () => {
  const call = callAfter([ended, { fields: { started_at: '1970-01-02T00:00:00Z' } }]);
  expect(call.facts.started_at).toBe(minute(5));
});

test('a live call has the lengths that were reported, and no others', () => {
  const call = callAfter([started, { fields: { answered_at: minute(1), ended_at: minute(2) } }]);
  expect(lengthsOf(call)).toMatchObject({ duration_seconds: null, connected_seconds: null });
});

test('a call that is reported long after it took place ends by its duration', () => {
  const facts = { ...noFacts(), started_at: '2026-01-13T20:18:22.000Z', duration_seconds: 190 };
  expect(endOf(facts, '2026-03-01T00:00:00.000Z')).toBe('2026-01-13T20:21:32.000Z');
  expect(endOf(facts, '2026-01-13T20:25:00.000Z')).toBe('2026-01-13T20:25:00.000Z');
  expect(endOf({ ...facts, duration_seconds: null }, '2026-03-01T00:00:00.000Z')).toBe(
    '2026-03-01T00:00:00.000Z',
  );
});
