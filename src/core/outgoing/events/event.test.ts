import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, type Changes, otherIdsOf } from '../../calls/call.ts';
import { eventFieldNames, updateFieldNames } from '../../updates/fields/fields.ts';
import { isPublicAddress } from '../requests/public-address.ts';
import { readRetryAfter, waitBeforeRetry } from '../retry-schedule.ts';
import { callBefore } from './call-before.ts';
import { eventsOf, parseEventId, type TimelineRow } from './event.ts';
import { mergeChanges } from './merge-changes.ts';

const row: TimelineRow = {
  ...{ source: 'postback', id: '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000', callLogId: 'c', kind: 'applied' },
  ...{
    at: '2026-11-23T10:00:00.000Z',
    changes: {},
    by: null,
    undoOf: null,
    code: null,
    detail: null,
    webhookName: null,
    moves: 0,
  },
};
const typesOf = (one: Partial<TimelineRow>) => eventsOf({ ...row, ...one }).map(({ type }) => type);

describe('events of a row', () => {
  test.each<[Changes, string[]]>([
    [{}, []],
    [{ reason: { from: null, to: 'x' } }, ['call.changed']],
    [{ converted: { from: false, to: true } }, ['call.converted', 'call.changed']],
    [{ converted: { from: true, to: false } }, ['call.conversion_removed', 'call.changed']],
    [{ revenue_paid_out: { from: '1.00', to: null } }, ['call.revenue_changed', 'call.changed']],
    [{ no_payout_reason: { from: null, to: 'Caps exceeded' } }, ['call.payout_held', 'call.changed']],
    [{ no_payout_reason: { from: 'Caps exceeded', to: null } }, ['call.payout_released', 'call.changed']],
    [{ no_payout_reason: { from: 'Caps exceeded', to: 'Condition not met' } }, ['call.changed']],
  ])('%j', (changes, types) => expect(typesOf({ changes })).toEqual(types));

  test('of postbacks that were rejected or expired, and of undos', () => {
    expect(typesOf({ kind: 'rejected', code: 'invalid_value' })).toEqual(['postback.rejected']);
    expect(typesOf({ kind: 'expired' })).toEqual(['postback.expired']);
    const changes = { reason: { from: 'x', to: null } };
    expect(eventsOf({ ...row, changes, undoOf: 'p' })[0]?.caused_by).toEqual({ undo_of: 'p' });
    expect(eventsOf({ ...row, changes, by: 'owner' })[0]?.caused_by).toEqual({ user: 'owner' });
  });

  test('have ids that tell the row and the type, without a dot', () => {
    for (const { id, type } of eventsOf({ ...row, changes: { converted: { from: false, to: true } } })) {
      expect(id).not.toContain('.');
      expect(parseEventId(id)).toEqual({ rowId: row.id, type });
    }
    expect(parseEventId('evt_x')).toBeNull();
  });
});

test('undoing changes gives the call before them', () => {
  const facts = Object.fromEntries(eventFieldNames.map((name) => [name, null]));
  const values = Object.fromEntries(updateFieldNames.map((name) => [name, null]));
  const call = {
    ...{
      callLogId: 'c',
      state: 'completed',
      facts: { ...facts, campaign: 'new' },
      legIds: [],
      legFacts: [],
      queuedUpdates: 0,
    },
    values: { ...values, converted: true, tags: { a: '1', b: '2' } },
    ...{ createdAt: '', updatedAt: '' },
  } as unknown as Call; // every field is there
  const changes = {
    ...{ state: { from: 'live', to: 'completed' }, campaign: { from: 'old', to: 'new' } },
    ...{
      converted: { from: false, to: true },
      'tags.a': { from: null, to: '1' },
      'tags.c': { from: '3', to: null },
    },
  };
  const before = callBefore(call, changes);
  expect(before).toMatchObject({ state: 'live', facts: { campaign: 'old' }, values: { converted: false } });
  expect(before.values.tags).toEqual({ b: '2', c: '3' });
  expect(call.values.tags).toEqual({ a: '1', b: '2' });
});

test('the call before a leg does not have its id', () => {
  const withLeg = { facts: { other_ids: ['a'] }, legIds: ['leg'], values: { tags: {} } } as unknown as Call; // what is read
  const before = callBefore(withLeg, { other_ids: { from: ['a'], to: ['a', 'leg'] } });
  expect(otherIdsOf(before)).toEqual(['a']);
});

test('merged changes tell the first and the last value, and leave out what returned', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(texts, (values) => {
      const steps = values.slice(1).map((to, at) => ({ reason: { from: values[at] ?? null, to } }));
      const [from, to] = [values[0], values.at(-1)];
      expect(mergeChanges(steps)).toEqual(from === to ? {} : { reason: { from, to } });
    }),
  );
});

test.each([
  [1, 0, 5_000],
  [2, 0, 300_000],
  [7, 0, 36_000_000],
  [1, 60_000, 60_000],
  [1, 1_000, 5_000],
  [1, 10 ** 12, 86_400_000],
])(
  'after attempt %i, asked to wait %i ms, it waits %i ms and up to a tenth more',
  (attempts, asked, expected) => {
    expect(waitBeforeRetry(attempts, asked, 0)).toBe(expected);
    expect(waitBeforeRetry(attempts, asked, 1)).toBe(Math.round(expected * 1.1));
  },
);

test('there is no ninth attempt, and Retry-After is seconds or a date', () => {
  expect(waitBeforeRetry(8, 0, 0)).toBeNull();
  const now = Date.parse('2026-11-23T10:00:00Z');
  expect(readRetryAfter('30', now)).toBe(30_000);
  expect(readRetryAfter('Mon, 23 Nov 2026 10:01:00 GMT', now)).toBe(60_000);
  for (const header of [undefined, '', '-1', 'x', 'Mon, 23 Nov 2020 10:01:00 GMT'])
    expect(readRetryAfter(header, now)).toBe(0);
});

test.each(['8.8.8.8', '2606:4700::1111', '172.32.0.1'])('%s is public', (address) =>
  expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ...[
    '127.0.0.1',
    '127.9.9.9',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
  ],
  ...[
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ],
  ...['ff02::1', '', 'localhost', '127.1'],
])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
