import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { updateFromJson } from '../updates/update.ts';
import { emptyTags, tagsPerCallMax } from '../values/tags.ts';
import { applyCallEvent, type CallWithFacts, decodeCallEvent, namesOf, newCall } from './call-event.ts';

const received = '2026-11-23T12:00:00.000Z';
const context = { timeZone: 'UTC', defaultCountry: 'US', receivedAt: received };

function read(payload: Record<string, unknown>) {
  const { event, faults } = decodeCallEvent(payload, context);
  expect(faults).toEqual([]);
  return event;
}

function make(payload: Record<string, unknown>): CallWithFacts {
  const after = newCall('C1', read(payload), received);
  if (after === 'too_many_tags') throw new Error('the tags fit in this test');
  return after.call;
}

function apply(call: CallWithFacts, payload: Record<string, unknown>, overridden: string[] = []) {
  const after = applyCallEvent(call, read(payload), received, new Set(overridden));
  if (after === 'too_many_tags') throw new Error('the tags fit in this test');
  return after;
}

describe('the first event of a call', () => {
  test('makes a live call with null in every field that it does not name', () => {
    expect(make({})).toEqual({
      callLogId: 'C1',
      state: 'live',
      legIds: [],
      legFacts: [],
      createdAt: received,
      facts: {
        phone_number: null,
        caller_withheld: null,
        direction: null,
        started_at: received,
        answered_at: null,
        ended_at: null,
        duration_seconds: null,
        connected_seconds: null,
        end_status: null,
        recording_url: null,
        other_ids: null,
        tracking_number: null,
        campaign: null,
        publisher: null,
        buyer: null,
      },
      values: {
        converted: false,
        call_converted_at: null,
        revenue_paid_out: null,
        publisher_paid_out: null,
        reason: null,
        no_payout_reason: null,
        tags: {},
      },
    });
  });

  test.each([
    ['live', { duration_seconds: 60 }, received, null],
    [
      'completed, with its length',
      { state: 'completed', duration_seconds: 60 },
      '2026-11-23T11:59:00.000Z',
      received,
    ],
    [
      'completed, with end and length',
      { state: 'completed', duration_seconds: 60, ended_at: '2026-11-23T10:00:00Z' },
      '2026-11-23T09:59:00.000Z',
      '2026-11-23T10:00:00.000Z',
    ],
    [
      'completed, with its end',
      { state: 'completed', ended_at: '2026-11-23T10:00:00Z' },
      '2026-11-23T10:00:00.000Z',
      '2026-11-23T10:00:00.000Z',
    ],
    ['completed, with nothing else', { state: 'completed' }, received, received],
    [
      'completed, with its start',
      { state: 'completed', started_at: '2026-11-23T09:00:00Z', duration_seconds: 5 },
      '2026-11-23T09:00:00.000Z',
      received,
    ],
  ])('places it in time: %s', (_what, payload, startedAt, endedAt) => {
    expect(make(payload).facts).toMatchObject({ started_at: startedAt, ended_at: endedAt });
  });
});

describe('a live call', () => {
  test('takes every field as sent, null too', () => {
    const call = make({ campaign: 'a', reason: 'x', revenue_paid_out: 1, converted: true, tags: { a: '1' } });
    const { values, facts } = apply(call, {
      campaign: null,
      reason: null,
      revenue_paid_out: '2.5',
      converted: false,
      publisher_paid_out: 3,
      no_payout_reason: 'caps exceeded',
      tags: { a: '2', b: '3' },
    }).call;
    expect(facts.campaign).toBeNull();
    expect(values).toEqual({
      converted: false,
      call_converted_at: null,
      revenue_paid_out: '2.50',
      publisher_paid_out: '3.00',
      reason: null,
      no_payout_reason: 'Caps exceeded',
      tags: { a: '2', b: '3' },
    });
  });

  test('completes once, and its end is that of the event or the time of receipt', () => {
    const first = apply(make({}), { state: 'completed', end_status: 'busy' });
    expect(first).toMatchObject({
      isCompletedNow: true,
      call: { state: 'completed', facts: { ended_at: received, end_status: 'busy' } },
      changes: { state: { from: 'live', to: 'completed' } },
    });
    expect(apply(first.call, { state: 'completed' })).toMatchObject({ isCompletedNow: false, changes: {} });
  });
});

describe('a completed call', () => {
  test('never goes back to live', () => {
    expect(apply(make({ state: 'completed' }), { state: 'live', reason: 'x' })).toMatchObject({
      call: { state: 'completed', values: { reason: 'x' } },
      isCompletedNow: false,
    });
  });

  test('takes from a late event what is null and the tags it lacks, and nothing else', () => {
    const call = make({ state: 'completed', campaign: 'a', revenue_paid_out: 1, tags: { a: '1' } });
    const late = { campaign: 'b', buyer: 'c', revenue_paid_out: 2, reason: 'x', tags: { a: '2', b: '3' } };
    expect(apply(call, late).changes).toEqual({
      buyer: { from: null, to: 'c' },
      reason: { from: null, to: 'x' },
      'tags.b': { from: null, to: '3' },
    });
  });

  test('does not take from a late event what a postback has cleared or removed', () => {
    const call = make({ state: 'completed' });
    const late = { reason: 'x', no_payout_reason: 'Caps exceeded', tags: { a: '2' } };
    expect(apply(call, late, ['reason', 'no_payout_reason', 'tags.a']).changes).toEqual({});
  });

  test('may be converted by a late event where no other value was reported', () => {
    const call = make({ state: 'completed' });
    expect(apply(call, { converted: true }).changes).toEqual({
      converted: { from: false, to: true },
      call_converted_at: { from: null, to: received },
    });
    expect(apply(call, { converted: true }, ['converted', 'call_converted_at']).changes).toEqual({});
    const converted = make({ state: 'completed', converted: true });
    expect(apply(converted, { converted: false }).changes).toEqual({});
  });

  const names = [
    'converted',
    'call_converted_at',
    'revenue_paid_out',
    'reason',
    'no_payout_reason',
    'tags.a',
    'tags.b',
  ];
  const payloads = fc
    .record(
      {
        converted: fc.boolean(),
        call_converted_at: fc.constantFrom('2026-11-01T00:00:00Z', null),
        revenue_paid_out: fc.constantFrom(1, 2),
        reason: fc.constantFrom('x', 'y', null),
        no_payout_reason: fc.constantFrom('Caps exceeded', 'Condition not met', null),
        tags: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
        buyer: fc.constantFrom('b1', 'b2', null),
      },
      { requiredKeys: [] },
    )
    .filter(({ converted, call_converted_at: at }) => converted !== false || typeof at !== 'string');

  test('keeps every override and every value that it has, whatever comes late', () => {
    fc.assert(
      fc.property(payloads, payloads, fc.subarray(names), (before, late, overridden) => {
        const { call, changes } = apply(make({ ...before, state: 'completed' }), late, overridden);
        for (const [name, { from }] of Object.entries(changes)) {
          expect(overridden).not.toContain(name);
          expect(from === null || name === 'converted').toBe(true);
        }
        expect(apply(call, late, overridden).changes).toEqual({});
      }),
    );
  });
});

test('an event with more tags than a call can have changes nothing', () => {
  const tags = Object.fromEntries(Array.from({ length: tagsPerCallMax }, (_, at) => [`t${at}`, 'x']));
  const full = make({ tags });
  expect(applyCallEvent(full, read({ tags: { more: '1' }, campaign: 'x' }), received, new Set())).toBe(
    'too_many_tags',
  );
  expect(newCall('C1', read({ tags: { ...tags, more: '1' } }), received)).toBe('too_many_tags');
});

test('an update names all that it sets, clears, adds and removes', () => {
  const update = updateFromJson({ reason: null, revenue_paid_out: '1.00', add: { a: '1' }, remove: ['b'] });
  expect(namesOf(update).sort()).toEqual(['reason', 'revenue_paid_out', 'tags.a', 'tags.b']);
  expect(namesOf(updateFromJson({ converted: false })).sort()).toEqual(['call_converted_at', 'converted']);
});

describe('what an event says', () => {
  test('may be a call as it was read', () => {
    const { faults } = decodeCallEvent(
      {
        call_log_id: 'C1',
        payout_status: 'owed',
        queued_updates: 0,
        created_at: received,
        updated_at: received,
      },
      context,
    );
    expect(faults).toEqual([]);
  });

  test.each([
    [{ state: 'ringing' }, 'state', 'invalid_value'],
    [{ colour: 'red' }, 'colour', 'unknown_field'],
    [{ __proto__: null, constructor: 1 }, 'constructor', 'unknown_field'],
    [{ started_at: null }, 'started_at', 'invalid_value'],
    [{ duration_seconds: 1.5 }, 'duration_seconds', 'invalid_value'],
    [{ duration_seconds: -1 }, 'duration_seconds', 'invalid_value'],
    [{ phone_number: 'none' }, 'phone_number', 'invalid_phone_number'],
    [{ direction: 'up' }, 'direction', 'invalid_value'],
    [{ recording_url: 'javascript:alert(1)' }, 'recording_url', 'invalid_value'],
    [{ connected_seconds: 1.5 }, 'connected_seconds', 'invalid_value'],
    [{ caller_withheld: true, phone_number: '+12125550123' }, 'caller_withheld', 'conflicting_field'],
    [{ revenue_paid_out: -1 }, 'revenue_paid_out', 'invalid_value'],
    [{ tags: ['a', 5] }, 'tags', 'invalid_value'],
    [{ tags: { a: null } }, 'tags.a', 'invalid_value'],
    [{ converted: false, call_converted_at: received }, 'call_converted_at', 'conflicting_field'],
    [
      { started_at: '2026-11-27T10:00:01Z', call_converted_at: '2026-11-26T10:00:00Z' },
      'call_converted_at',
      'invalid_value',
    ],
  ])('%j is a fault of %s', (payload, field, code) => {
    expect(decodeCallEvent(payload, context).faults).toMatchObject([{ field, code }]);
  });

  test('is rejected with all its faults', () => {
    const { faults } = decodeCallEvent(
      { state: 'x', reason: 5, campaign: true, revenue_paid_out: 'y' },
      context,
    );
    expect(faults.map(({ field }) => field)).toEqual(['state', 'campaign', 'revenue_paid_out']);
  });

  test('reads phone numbers in the account’s country, and a tracking number that is none stays as sent', () => {
    const payload = { phone_number: '(212) 555-0123', tracking_number: 'sip:a@x.test', end_status: '' };
    const { facts, update } = read(payload);
    expect(facts).toEqual({
      phone_number: '+12125550123',
      tracking_number: 'sip:a@x.test',
      end_status: null,
    });
    expect(update).toEqual({ set: {}, add: emptyTags(), remove: [] });
  });
});
