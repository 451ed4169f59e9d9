import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallValues, initialValues } from '../../calls/call.ts';
import { moneyOf, unitsOf } from '../../values/money/money-units.ts';
import { emptyTags } from '../../values/tags.ts';
import type { Update } from '../update.ts';
import { applyUpdate } from './apply.ts';
import { applyRepeat, type RepeatPolicy, type Repeats, repeatPolicies } from './repeats.ts';

const noon = '2026-11-23T12:00:00.000Z';
const earlier = '2026-11-20T08:00:00.000Z';
const blank = initialValues();
const full: CallValues = {
  ...{ converted: true, call_converted_at: earlier, revenue_paid_out: '10.00', publisher_paid_out: '4.00' },
  ...{ reason: 'sold', no_payout_reason: 'Caps exceeded', tags: { deal: 'won' } },
};

function updateOf(set: Update['set'], add: Record<string, string> = {}, remove: string[] = []): Update {
  return { set, add: Object.assign(emptyTags(), add), remove };
}

function apply(values: CallValues, update: Update, repeats: Repeats) {
  const applied = applyRepeat(values, update, noon, repeats);
  return 'code' in applied
    ? { errors: applied.errors.map(({ field, code }) => `${field}: ${code}`) }
    : applied;
}

describe('a field that has a value already', () => {
  test.each<[RepeatPolicy, Update, object]>([
    ['set', updateOf({ revenue_paid_out: '12.00' }), { values: { revenue_paid_out: '12.00' }, kept: [] }],
    ['keep', updateOf({ revenue_paid_out: '12.00' }), { values: full, kept: ['revenue_paid_out'] }],
    ['add', updateOf({ revenue_paid_out: '12.00' }), { values: { revenue_paid_out: '22.00' }, kept: [] }],
    ['refuse', updateOf({ revenue_paid_out: '12.00' }), { errors: ['revenue_paid_out: already_set'] }],
    ['refuse', updateOf({ revenue_paid_out: '10.00' }), { values: full, changes: {}, kept: [] }],
    ['keep', updateOf({ converted: false }), { values: full, kept: ['converted'] }],
    ['keep', updateOf({ reason: null }), { values: full, kept: ['reason'] }],
    ['refuse', updateOf({ converted: false }), { errors: ['converted: already_set'] }],
    ['refuse', updateOf({ converted: true }), { values: full, changes: {} }],
    ['add', updateOf({ reason: 'again' }), { values: { reason: 'again' } }],
    [
      'keep',
      updateOf({}, { deal: 'lost', step: '2' }),
      { values: { tags: { deal: 'won', step: '2' } }, kept: ['tags.deal'] },
    ],
    ['refuse', updateOf({}, { deal: 'lost' }), { errors: ['tags.deal: already_set'] }],
    ['keep', updateOf({}, {}, ['deal', 'none']), { values: full, kept: ['tags.deal'] }],
    ['refuse', updateOf({}, {}, ['deal']), { errors: ['tags.deal: already_set'] }],
    [
      'refuse',
      updateOf({ reason: 'x', revenue_paid_out: '1.00' }),
      { errors: ['revenue_paid_out: already_set', 'reason: already_set'] },
    ],
    ['add', updateOf({ revenue_paid_out: '99999990.0000' }), { errors: ['revenue_paid_out: invalid_value'] }],
  ])('%s: %j', (policy, update, expected) => {
    expect(apply(full, update, { '*': policy })).toMatchObject(expected);
  });
});

test.each(repeatPolicies)('%s sets a field that has no value yet', (policy) => {
  const update = updateOf({ converted: true, revenue_paid_out: '12.00', reason: 'x' }, { deal: 'won' });
  expect(apply(blank, update, { '*': policy })).toMatchObject({
    values: {
      converted: true,
      call_converted_at: noon,
      revenue_paid_out: '12.00',
      reason: 'x',
      tags: { deal: 'won' },
    },
    kept: [],
  });
});

test('a policy of a field takes precedence over that of all fields', () => {
  const update = updateOf({ converted: true, revenue_paid_out: '2.50', reason: 'late' });
  expect(apply(full, update, { '*': 'keep', revenue_paid_out: 'add', reason: 'set' })).toMatchObject({
    changes: { revenue_paid_out: { from: '10.00', to: '12.50' }, reason: { from: 'sold', to: 'late' } },
    kept: ['converted'],
  });
});

const money = fc.integer({ min: 0, max: 99_999_999 }).map((units) => moneyOf(BigInt(units)));
const updates = fc
  .record({
    set: fc.record(
      { converted: fc.boolean(), revenue_paid_out: money, reason: fc.constantFrom('a', 'b', null) },
      { requiredKeys: [] },
    ),
    add: fc.dictionary(fc.constantFrom('deal', 'step'), fc.constantFrom('1', '2')),
    remove: fc.subarray(['color', 'size']),
  })
  .map(({ set, add, remove }) => updateOf(set, add, remove));
const calls = fc.record({
  ...{ converted: fc.boolean(), call_converted_at: fc.constantFrom(null, earlier) },
  ...{ revenue_paid_out: fc.option(money), publisher_paid_out: fc.constant(null) },
  ...{ reason: fc.constantFrom('a', 'c', null), no_payout_reason: fc.constant(null) },
  tags: fc.dictionary(fc.constantFrom('deal', 'color'), fc.constantFrom('1', '3')),
});

test('keep and refuse never change a value that is there', () => {
  fc.assert(
    fc.property(calls, updates, fc.constantFrom<RepeatPolicy>('keep', 'refuse'), (values, update, policy) => {
      const applied = applyRepeat(values, update, noon, { '*': policy });
      if ('code' in applied) return;
      for (const [name, { from }] of Object.entries(applied.changes)) {
        expect([null, false], name).toContain(from);
      }
    }),
  );
});

test('set is the same as no policy', () => {
  fc.assert(
    fc.property(calls, updates, (values, update) => {
      const plain = applyUpdate(values, update, noon);
      expect(applyRepeat(values, update, noon, { '*': 'set' })).toEqual({ ...Object(plain), kept: [] });
    }),
  );
});

test('sums are exact in any order', () => {
  fc.assert(
    fc.property(fc.array(money, { maxLength: 20 }), (amounts) => {
      let values = blank;
      for (const amount of amounts) {
        const applied = applyRepeat(values, updateOf({ revenue_paid_out: amount }), noon, { '*': 'add' });
        if ('code' in applied) throw new Error('the sum is small enough');
        values = applied.values;
      }
      const units = amounts.reduce((sum, amount) => sum + unitsOf(amount), 0n);
      expect(values.revenue_paid_out).toBe(amounts.length === 0 ? null : moneyOf(units));
    }),
  );
});
