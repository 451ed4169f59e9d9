/** The decoder under anything at all: it never throws, and what it lets through is canonical. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../values/text/code-point.arbitrary.ts';
import { isPlaceholder } from '../../values/text/placeholder.ts';
import type { ReadContext } from '../fields/fields.ts';
import { type WebhookTypeRow, webhookTypes } from '../fields/webhook-type.ts';
import { updateToJson } from '../update.ts';
import { type Decoded, decodePostback } from './decode.ts';
import { readObject, readPairs } from './input-source.ts';

const context: ReadContext = {
  timeZone: 'America/New_York',
  defaultCountry: 'US',
  receivedAt: '2026-11-23T10:00:00.000Z',
};
const type = fc.constantFrom(...Object.values(webhookTypes));

const knownNames = [
  ...['call_log_id', 'phone_number', 'transaction_id', 'dry_run', 'return', 'fields', 'add', 'remove'],
  ...[
    'converted',
    'call_converted_at',
    'revenue_paid_out',
    'publisher_paid_out',
    'reason',
    'no_payout_reason',
  ],
  ...['revenue', 'amount', 'auth_key'],
];
const oddNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'utm_source', '\0', '\ud800'];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...knownNames) },
  { weight: 1, arbitrary: fc.constantFrom(...oddNames) },
  { weight: 1, arbitrary: fc.string({ unit: codePoint }) },
);
const plausible = fc.constantFrom<unknown>(
  ...[
    'CA1',
    '12.50',
    '0.0001',
    '99999999.9999',
    '-0',
    'true',
    'no',
    'null',
    '',
    ' ',
    '2026-01-02T03:04:05',
    '1767323045',
  ],
  ...[
    '2125550123',
    'Caps exceeded',
    'deal:won,stage=lost',
    '{"deal":"won"}',
    '["a","b"]',
    '{{call.id}}',
    'gif',
  ],
  ...['a\0b', 'a\ud800', 'x'.repeat(2_000), '['.repeat(500)],
  ...[null, true, false, 0, 1, -0, 12.5, 1e21, Number.MAX_SAFE_INTEGER, 1767323045],
);
const tagValue = fc.oneof(plausible, fc.string({ unit: codePoint }));
const tags = fc.oneof(
  fc.dictionary(name, tagValue),
  fc.array(
    fc.oneof(
      tagValue,
      fc.record({ key: tagValue, value: tagValue }),
      fc.dictionary(name, tagValue, { maxKeys: 2 }),
    ),
  ),
);
const value = fc.oneof(plausible, tags, fc.jsonValue(), fc.string({ unit: codePoint }));
const fields = fc.dictionary(name, value);
/** A text that no program sends for a variable without a value. */
const real = (text: string) => !isPlaceholder(text);
/** Values as they must be sent for each field to be taken. */
const good = fc.record(
  {
    converted: fc.boolean(),
    revenue_paid_out: fc
      .integer({ min: 0, max: 999_999_999_999 })
      .map((unit) => `${Math.floor(unit / 10_000)}.${String(unit % 10_000).padStart(4, '0')}`),
    publisher_paid_out: fc.nat(99_999_999),
    reason: fc.string({ minLength: 1, maxLength: 50 }).filter((one) => /^\w/.test(one) && real(one)),
    no_payout_reason: fc.constantFrom('Condition not met', null),
    add: fc.dictionary(fc.stringMatching(/^[a-m]\w{0,9}$/), fc.stringMatching(/^[\w.]{0,20}$/).filter(real), {
      maxKeys: 20,
    }),
    remove: fc.array(fc.stringMatching(/^[n-z]\w{0,9}$/).filter(real), { maxLength: 20 }),
  },
  { requiredKeys: ['reason'] },
);

const payload = fc.oneof(
  fields,
  fc
    .tuple(good, fc.dictionary(name, value, { maxKeys: 2 }))
    .map(([most, wild]) => ({ call_log_id: 'CA1', ...most, ...wild })),
  fc.tuple(fields, fields).map(([top, inner]) => ({ ...top, fields: inner })),
);
const pairName = fc.oneof(
  name,
  fc
    .tuple(fc.constantFrom('add', 'remove', 'fields', 'fields[add]', 'fields[remove]'), name)
    .map(([outer, inner]) => `${outer}[${inner}]`),
  fc.constantFrom('add[]', 'remove[]', 'fields[', 'fields[]', 'fields]', 'add[', 'fields[add][', '[]'),
);
const text = fc.oneof(
  value.filter((one) => typeof one === 'string'),
  fc.json(),
);
const pairs = fc.array(fc.tuple(pairName, text), { maxLength: 30 });

/** What must hold of whatever the decoder returns: thousands of names, for which one `expect` each takes seconds. */
function expectSound(decoded: Decoded, row: WebhookTypeRow): void {
  const unsaid = decoded.faults.filter(({ code, detail }) => !/^[a-z_]+$/.test(code) || detail.length <= 10);
  expect(unsaid).toEqual([]);
  const { update, target } = decoded;
  const added = Object.entries(update.add);
  if (decoded.faults.length === 0) {
    expect(target).not.toBeNull();
    expect(added.length + update.remove.length).toBeLessThanOrEqual(50);
  }
  for (const [field, set] of Object.entries(update.set)) {
    expect([...row.fields.values()]).toContain(field);
    if (field === 'converted') expect(set).toBeTypeOf('boolean');
    else if (field.endsWith('_paid_out')) expect(set).toMatch(/^\d{1,8}\.\d{2,4}$/);
    else if (set !== null) expect(set).toBeTypeOf('string');
  }
  // Nothing is inherited, under whatever name.
  const inherited = Object.getOwnPropertyNames(Object.prototype).filter((name) => name in update.add);
  expect(inherited.filter((name) => !Object.hasOwn(update.add, name))).toEqual([]);
  const keys = [...added.map(([key]) => key), ...update.remove];
  expect(keys.filter((key) => key !== key.trim() || [...key].length > 100)).toEqual([]);
  const stored = [...added.flat(), ...update.remove, ...Object.values(update.set)].map(String);
  expect(stored.filter((one) => !one.isWellFormed() || one.includes('\0'))).toEqual([]);
}

describe('never throws and returns something sound', () => {
  test('for any JSON object, with any query beside it', () => {
    fc.assert(
      fc.property(payload, pairs, type, (body, query, row) => {
        expectSound(decodePostback([readObject(body, row), readPairs(query, row)], row, context), row);
      }),
      { numRuns: 1_500 },
    );
  });

  test('for any pairs of text', () => {
    fc.assert(
      fc.property(pairs, type, (query, row) => {
        expectSound(decodePostback([readPairs(query, row)], row, context), row);
      }),
      { numRuns: 1_500 },
    );
  });

  test('within a bounded time for thousands of names', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `n${at}`);
    const row = webhookTypes.update_fields;
    const start = process.cpuUsage(); // not the clock: other programs may have the cores
    const many = names.map((one): [string, string] => [one, '1']);
    for (const wrap of [
      (one: string) => one,
      (one: string) => `fields[${one}]`,
      (one: string) => `add[${one}]`,
    ]) {
      const query = many.map(([one, said]): [string, string] => [wrap(one), said]);
      expectSound(decodePostback([readPairs(query, row)], row, context), row);
    }
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(5_000);
  });
});

test('decoding what was decoded changes nothing', () => {
  const row = webhookTypes.update_fields;
  const decode = (body: Record<string, unknown>) =>
    decodePostback([readObject({ call_log_id: 'CA1', ...body }, row)], row, context);
  fc.assert(
    fc.property(good, (body) => {
      const once = decode(body);
      expect(once.faults).toEqual([]);
      const json = updateToJson(once.update);
      expect(JSON.stringify(updateToJson(decode(json).update))).toBe(JSON.stringify(json));
    }),
    { numRuns: 500 },
  );
});

test('the earlier source wins, name by name', () => {
  const row = webhookTypes.update_fields;
  fc.assert(
    fc.property(good, good, (body, query) => {
      const named = { call_log_id: 'CA1' };
      const both = decodePostback(
        [readObject({ ...named, ...body }, row), readObject(query, row)],
        row,
        context,
      );
      const merged = decodePostback([readObject({ ...named, ...query, ...body }, row)], row, context);
      expect(both).toEqual(merged);
    }),
    { numRuns: 500 },
  );
});
