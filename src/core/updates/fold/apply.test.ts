import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallValues, type Changes, initialValues } from '../../calls/call.ts';
import { emptyTags, type Tags, tagsPerCallMax } from '../../values/tags.ts';
import { type Update, updateFromJson, updateToJson } from '../update.ts';
import { applyUpdate } from './apply.ts';

const noon = '2026-11-23T12:00:00.000Z';
const before = '2026-11-20T08:00:00.000Z';
const given = '2026-11-22T09:30:00.000Z';

const blank = initialValues();

function updateOf(parts: Partial<Update>): Update {
  return { set: {}, add: emptyTags(), remove: [], ...parts };
}

function apply(values: CallValues, update: Update): { values: CallValues; changes: Changes } {
  const applied = applyUpdate(values, update, noon);
  if (applied === 'too_many_tags') throw new Error('the tags fit in this test');
  return applied;
}

describe('the conversion time', () => {
  test.each([
    ['converted, with a time', null, { converted: true, call_converted_at: given }, given],
    [
      'converted, with a time, where the call has one',
      before,
      { converted: true, call_converted_at: given },
      given,
    ],
    ['converted, where the call has a time', before, { converted: true }, before],
    ['converted, where there is no time', null, { converted: true }, noon],
    [
      'converted, with an empty time, where the call has one',
      before,
      { converted: true, call_converted_at: null },
      before,
    ],
    [
      'converted, with an empty time, where there is none',
      null,
      { converted: true, call_converted_at: null },
      noon,
    ],
    ['not converted', before, { converted: false }, null],
    ['not converted, with an empty time', before, { converted: false, call_converted_at: null }, null],
    ['a time alone', before, { call_converted_at: given }, given],
    ['an empty time alone', before, { call_converted_at: null }, null],
    ['another field', before, { reason: 'x' }, before],
  ])('after "%s" (call: %s)', (_what, onCall, set, expected) => {
    expect(apply({ ...blank, call_converted_at: onCall }, updateOf({ set })).values.call_converted_at).toBe(
      expected,
    );
  });

  test('alone does not convert the call', () => {
    expect(apply(blank, updateOf({ set: { call_converted_at: given } })).values.converted).toBe(false);
    const converted = { ...blank, converted: true, call_converted_at: before };
    expect(apply(converted, updateOf({ set: { call_converted_at: null } })).values.converted).toBe(true);
  });

  test('stays when a conversion is repeated later', () => {
    const once = apply(blank, updateOf({ set: { converted: true } })).values;
    expect(applyUpdate(once, updateOf({ set: { converted: true } }), '2027-01-01T00:00:00.000Z')).toEqual({
      values: once,
      changes: {},
    });
  });
});

test('a field that an update does not name stays as it is', () => {
  const values = { ...blank, revenue_paid_out: '12.50', reason: 'first', tags: { deal: 'won' } };
  expect(apply(values, updateOf({ set: { publisher_paid_out: '3.00' } }))).toEqual({
    values: { ...values, publisher_paid_out: '3.00' },
    changes: { publisher_paid_out: { from: null, to: '3.00' } },
  });
});

test('tags are overwritten, added and removed, and a key that the call lacks is no change', () => {
  const values = { ...blank, tags: { a: '1', b: '2' } };
  expect(apply(values, updateOf({ add: { a: '9', c: '3' }, remove: ['b', 'z'] }))).toEqual({
    values: { ...values, tags: { a: '9', c: '3' } },
    changes: {
      'tags.a': { from: '1', to: '9' },
      'tags.b': { from: '2', to: null },
      'tags.c': { from: null, to: '3' },
    },
  });
});

describe('the limit of tags', () => {
  const tagsNumbered = (count: number): Tags =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, 'x']));

  test('counts the tags after the update', () => {
    const full = { ...blank, tags: tagsNumbered(tagsPerCallMax) };
    expect(applyUpdate(full, updateOf({ add: { more: '1' } }), noon)).toBe('too_many_tags');
    expect(Object.keys(apply(full, updateOf({ add: { t0: 'y' } })).values.tags)).toHaveLength(tagsPerCallMax);
    expect(
      Object.keys(apply(full, updateOf({ add: { more: '1' }, remove: ['t0'] })).values.tags),
    ).toHaveLength(tagsPerCallMax);
  });

  test('lets nothing of the update through', () => {
    const full = { ...blank, tags: tagsNumbered(tagsPerCallMax) };
    applyUpdate(full, updateOf({ set: { reason: 'x' }, add: { more: '1' } }), noon);
    expect(full).toEqual({ ...blank, tags: tagsNumbered(tagsPerCallMax) });
  });
});

const keys = fc.constantFrom('deal', 'step', 'VIP', '__proto__', 'constructor');
const tags = fc.dictionary(keys, fc.constantFrom('', '1', 'won'), { noNullPrototype: false });
const maybe = <T>(value: T) => fc.constantFrom(value, undefined);
const sets = fc
  .record({
    converted: fc.constantFrom(true, false, undefined),
    call_converted_at: fc.constantFrom(given, before, null, undefined),
    revenue_paid_out: fc.constantFrom('1.00', '2.00', undefined),
    publisher_paid_out: maybe('0.50'),
    reason: fc.constantFrom('x', null, undefined),
    no_payout_reason: fc.constantFrom('Caps exceeded', null, undefined),
  })
  .filter((set) => !(set.converted === false && typeof set.call_converted_at === 'string'))
  .map((set) => JSON.parse(JSON.stringify(set)));
const updates: fc.Arbitrary<Update> = fc
  .record({ set: sets, add: tags, remove: fc.uniqueArray(keys) })
  .map(({ set, add, remove }) => ({
    set,
    add: Object.assign(emptyTags(), add),
    remove: remove.filter((key) => !Object.hasOwn(add, key)).sort(),
  }));
const calls: fc.Arbitrary<CallValues> = fc.record({
  converted: fc.boolean(),
  call_converted_at: fc.constantFrom(null, before),
  revenue_paid_out: fc.constantFrom(null, '1.00'),
  publisher_paid_out: fc.constantFrom(null, '0.50'),
  reason: fc.constantFrom(null, 'x', 'y'),
  no_payout_reason: fc.constantFrom(null, 'Caps exceeded'),
  tags,
});

describe('any update to any call', () => {
  test('changes nothing when it is repeated', () => {
    fc.assert(
      fc.property(calls, updates, (values, update) => {
        const once = apply(values, update);
        const twice = apply(once.values, update);
        expect(twice.changes).toEqual({});
        expect(twice.values).toEqual(once.values);
      }),
    );
  });

  test('tells in its changes exactly what is different', () => {
    fc.assert(
      fc.property(calls, updates, (values, update) => {
        const { values: after, changes } = apply(values, update);
        expect(new Map(Object.entries(changes))).toEqual(differences(values, after));
      }),
    );
  });

  test('leaves the values that it was given alone', () => {
    fc.assert(
      fc.property(calls, updates, (values, update) => {
        const copy = structuredClone(values);
        apply(values, update);
        expect(structuredClone(values)).toEqual(copy);
      }),
    );
  });

  test('does the same after a rest in the database', () => {
    fc.assert(
      fc.property(calls, updates, (values, update) => {
        const rested = updateFromJson(JSON.parse(JSON.stringify(updateToJson(update))));
        expect(apply(values, rested)).toEqual(apply(values, update));
        expect(JSON.stringify(updateToJson(rested))).toBe(JSON.stringify(updateToJson(update)));
      }),
    );
  });
});

/** A plain comparison, name by name. */
function differences(
  { tags: tagsBefore, ...fieldsBefore }: CallValues,
  { tags: tagsAfter, ...fieldsAfter }: CallValues,
) {
  const found = new Map<string, { from: unknown; to: unknown }>();
  const compare = (prefix: string, from: [string, unknown][], to: [string, unknown][]) => {
    const [old, now] = [new Map(from), new Map(to)];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const change = { from: old.get(name) ?? null, to: now.get(name) ?? null };
      if (change.from !== change.to) found.set(prefix + name, change);
    }
  };
  compare('', Object.entries(fieldsBefore), Object.entries(fieldsAfter));
  compare('tags.', Object.entries(tagsBefore), Object.entries(tagsAfter));
  return found;
}
