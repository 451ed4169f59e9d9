import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePostback } from '../../updates/decode/decode.ts';
import { readObject, readPairs } from '../../updates/decode/input-source.ts';
import { webhookTypes } from '../../updates/fields/webhook-type.ts';
import { isJsonObject, parseJson } from '../../values/json/json.ts';
import type { MappingJson } from '../mapping.ts';
import { parseMapping } from '../parse/parse-mapping.ts';
import { applyMapping, explainFaults, recordsOf } from './apply-mapping.ts';

const type = webhookTypes.update_fields;
const context = { timeZone: 'UTC', defaultCountry: 'US', receivedAt: '2026-11-23T12:00:00.000Z' };

type Sent = { query?: string; form?: string; body?: unknown; headers?: Record<string, string> };

/** Each record decoded, as the endpoint does it. */
function readAll(mappingJson: unknown, { query = '', form, body, headers = {} }: Sent) {
  const mapping = parseMapping(mappingJson, type);
  if (Array.isArray(mapping)) throw new Error(JSON.stringify(mapping));
  const pairs = new URLSearchParams(query);
  const formPairs = form === undefined ? null : new URLSearchParams(form);
  const records = recordsOf(mapping, body);
  if (!Array.isArray(records)) return records;
  return records.map((record) => {
    const sources = [
      ...(isJsonObject(record) ? [readObject(record, type)] : []),
      ...(formPairs === null ? [] : [readPairs(formPairs, type)]),
      readPairs(pairs, type),
    ];
    const request = { body, form: formPairs, query: pairs, headers };
    const mapped = applyMapping(mapping, request, record, sources, context);
    if (mapped === null) return 'ignored';
    const decoded = decodePostback(mapped.sources, type, context);
    return { ...decoded, faults: explainFaults(decoded.faults, mapped.readings) };
  });
}

function read(fields: unknown, sent: Sent) {
  const all = readAll({ fields }, sent);
  const first = Array.isArray(all) ? all[0] : undefined;
  if (first === undefined || first === 'ignored') throw new Error('nothing was read');
  return first;
}

const id = { call_log_id: { value: 'CA1' } };

test('reads a nested webhook of a CRM by a mapping with words and conditions', () => {
  const mapping: MappingJson = {
    each: '/data',
    only_when: [{ from: '/event_type', in: ['call.hangup'] }],
    fields: {
      call_log_id: 'click_id',
      phone_number: { from: ['/payload/from', 'callernum'] },
      revenue_paid_out: { from: 'payout', as: 'money', decimal: '.', thousands: ',', currency: '$' },
      converted: { from: 'status', words: { sold: true, approved: true, returned: false }, else: 'ignore' },
      reason: { from: 'status' },
      call_converted_at: { from: 'ts', as: 'time', format: 'us', zone: 'America/New_York' },
      transaction_id: { from: ['id', 'status'], join: '-' },
      'add.gclid': 'header.X-Gclid',
      'add.source': { value: 'acme' },
    },
  };
  const record = {
    event_type: 'call.hangup',
    click_id: 'CA1',
    payload: { from: '+12135550142' },
    payout: '$1,234.50',
    status: ' SOLD ',
    ts: '11/23/2026 05:00:00 AM',
    id: 77,
    other: 1,
  };
  const [read, ignored] = readAll(mapping, {
    body: { data: [record, { ...record, event_type: 'call.answered' }] },
    headers: { 'x-gclid': 'g1' },
  }) as [unknown, unknown];
  expect(read).toMatchObject({
    target: { callLogId: 'CA1' },
    update: {
      set: {
        converted: true,
        revenue_paid_out: '1234.50',
        reason: 'SOLD',
        call_converted_at: '2026-11-23T10:00:00.000Z',
      },
      add: { gclid: 'g1', source: 'acme' },
    },
    transactionId: '77-SOLD',
    faults: [],
    ignored: ['other'],
  });
  expect(ignored).toBe('ignored');
});

test('of several rows of a field, the first that is meant and reads something counts', () => {
  const fields = {
    ...id,
    reason: [
      { from: 'note', when: [{ from: 'kind', in: ['End', 'over'] }] },
      { from: 'status', words: { a: 'first' }, else: 'ignore' },
      { value: 'none', when: [{ from: 'kind', in: ['end'] }] },
    ],
  };
  const reasonOf = (query: string) => read(fields, { query }).update.set.reason;
  expect(reasonOf('kind=end&note=n&status=a')).toBe('n');
  expect(reasonOf('kind=END&status=a')).toBe('first');
  expect(reasonOf('kind=start&note=n&status=b')).toBeUndefined();
  expect(reasonOf('kind=end&note=&status=b')).toBe('none');
  expect(read(fields, { query: 'kind=start&note=n&status=a' }).ignored).toEqual([]);
});

test.each([
  ['447700900123', { format: 'e164' }, { phoneNumber: '+447700900123' }],
  ['+12135550142', { format: 'e164' }, { phoneNumber: '+12135550142' }],
  ['2135550142', {}, { phoneNumber: '+12135550142' }],
])('reads the number %s by %o', (text, options, target) => {
  const fields = { phone_number: { from: 'ani', as: 'phone', ...options } };
  expect(read(fields, { query: `ani=${encodeURIComponent(text)}` }).target).toMatchObject(target);
});

test('reads no number from what is none, in a field and in a tag', () => {
  const row = { from: 'ani', as: 'phone', format: 'e164' };
  for (const fields of [{ phone_number: row }, { ...id, 'add.agent': row }]) {
    expect(read(fields, { query: 'ani=unreadable' }).faults).toContainEqual(
      expect.objectContaining({ code: 'invalid_phone_number' }),
    );
  }
});

test('reads nothing from what is no number if it is to be ignored', () => {
  const row = { from: 'ani', as: 'phone', else: 'ignore' };
  const numberOf = (ani: string) =>
    read({ ...id, 'add.agent': row }, { query: `ani=${ani}` }).update.add['agent'];
  expect(['1001', 'sip:bob@pbx', '2135550142', 'anonymous'].map(numberOf)).toEqual([
    undefined,
    undefined,
    '+12135550142',
    'anonymous',
  ]);
});

test('leaves it to the type what a withheld caller means', () => {
  const fields = { phone_number: { from: 'ani', as: 'phone', format: 'e164' } };
  expect(read(fields, { query: 'ani=anonymous' }).faults).toContainEqual(
    expect.objectContaining({ code: 'caller_withheld' }),
  );
});

test.each([
  ['12.50', {}, '12.50'],
  ['1.234,50', { decimal: ',', thousands: '.' }, '1234.50'],
  ['1 234,50 €', { decimal: ',', thousands: ' ', currency: '€' }, '1234.50'],
  ["1'234.5", { thousands: "'" }, '1234.50'],
  ['12.5 USD', { currency: 'usd' }, '12.50'],
  ['1250', { unit: 'cents' }, '12.50'],
  ['5', { unit: 'cents' }, '0.05'],
  ['12.5', { unit: 'cents' }, '0.125'],
  ['0.1000', {}, '0.10'],
])('reads the amount %s by %o', (text, options, expected) => {
  const fields = { ...id, revenue_paid_out: { from: 'payout', as: 'money', ...options } };
  expect(read(fields, { query: new URLSearchParams({ payout: text }).toString() }).update.set).toEqual({
    revenue_paid_out: expected,
  });
});

test.each([
  ['1,234.50', {}],
  ['1,5', { thousands: ',' }],
  ['1,23,4', { thousands: ',' }],
  ['(12.00)', {}],
  ['-12.00', {}],
  ['-(12.00)', {}],
  ['$12', { currency: '€' }],
  ['1e3', {}],
  ['12.5.0', {}],
  ['', { currency: '$' }],
  ['$', { currency: '$' }],
  ['[payout]', {}],
])('rejects the amount %s by %o', (text, options) => {
  const fields = { ...id, revenue_paid_out: { from: 'payout', as: 'money', ...options }, reason: 'why' };
  const { faults, update } = read(fields, {
    query: new URLSearchParams({ payout: text, why: 'x' }).toString(),
  });
  expect(update.set).toEqual({ reason: 'x' });
  expect(faults.map(({ field }) => field)).toEqual(text === '' ? [] : ['revenue_paid_out']);
});

test('reads a JSON number by its digits, whatever the notation of texts', () => {
  const fields = { ...id, revenue_paid_out: { from: '/v', as: 'money', decimal: ',', thousands: '.' } };
  const body = parseJson('{"v":12345678.123400000000000000001}');
  expect(read(fields, { body }).faults[0]?.detail).toContain('12345678.123400000000000000001');
  expect(read(fields, { body: parseJson('{"v":1234.5}') }).update.set).toEqual({
    revenue_paid_out: '1234.50',
  });
});

test('names an unknown word and the known ones', () => {
  const fields = { ...id, converted: { from: 'status', words: { sold: true, returned: false } } };
  const { faults } = read(fields, { query: 'status=pending' });
  expect(faults).toMatchObject([{ field: 'converted', code: 'unknown_word' }]);
  expect(faults[0]?.detail).toMatch(/"pending".*sold, returned/);
});

test.each([
  ['ignore', {}],
  ['as_is', { reason: 'pending' }],
  ['other', { reason: 'other' }],
])('reads an unknown word by else %s', (other, expected) => {
  const fields = {
    ...id,
    converted: { value: true },
    reason: { from: 's', words: { sold: null }, else: other },
  };
  expect(read(fields, { query: 's=pending' }).update.set).toEqual({ converted: true, ...expected });
});

test.each(['refuse', 'ignore', false])(
  'rejects an unreplaced macro in place of a word, with else %j',
  (other) => {
    const converted = { from: 's', words: { sold: true, '[sale]': true }, else: other };
    const readWord = (s: string) => read({ ...id, converted }, { body: { s } });
    for (const text of ['{status}', '[call_id]', '{{call.status}}', 'undefined', '[object Object]'])
      expect(readWord(text).faults).toMatchObject([{ code: 'unresolved_placeholder' }]);
    expect(readWord('[sale]').update.set).toEqual({ converted: true });
  },
);

test('reads a disposition in brackets as a word', () => {
  const fields = {
    ...id,
    reason: { value: 'r' },
    converted: { from: 's', words: { sold: true }, else: 'ignore' },
  };
  expect(read(fields, { body: { s: '[voicemail]' } }).update.set).toEqual({ reason: 'r' });
});

test('reads a name with a row only from its sources, and other names as before', () => {
  const { update, ignored } = read(
    { ...id, converted: 'status', 'add.deal': 'deal_name' },
    { body: { converted: false, status: 'yes', reason: 'r', add: { deal: 'lost', stage: 'quote' } } },
  );
  expect(update).toEqual({ set: { converted: true, reason: 'r' }, add: { stage: 'quote' }, remove: [] });
  expect(ignored).toEqual(['converted']);
});

test('joins an id from all its parts or not at all', () => {
  const fields = { ...id, converted: { value: true }, transaction_id: { from: ['a', 'b'], join: '-' } };
  expect(read(fields, { query: 'a=1&b=2' }).transactionId).toBe('1-2');
  expect(read(fields, { query: 'a=&b=2' }).faults).toMatchObject([
    { field: 'transaction_id', code: 'invalid_value' },
  ]);
  expect(read(fields, { query: '' })).toMatchObject({ transactionId: null, faults: [] });
});

test('reads own members only', () => {
  for (const source of [
    '/__proto__',
    '/constructor/name',
    '/list/length',
    'toString',
    'header.__proto__',
    'query.constructor',
    '/text/length',
  ]) {
    const body = { list: [1], text: 'abc' };
    expect(read({ ...id, converted: { value: true }, reason: source }, { body }).update.set).toEqual({
      converted: true,
    });
  }
});

const source = fc.constantFrom('a', '/a', '/a/0', '/__proto__/x', '/b~1c', 'query.a', 'header.b', 'b');
const words = fc.dictionary(fc.constantFrom('1', 'x', '', '[a]'), fc.constantFrom(true, null, 'x', 1), {
  minKeys: 1,
});
const conversion = fc.oneof(
  fc.constantFrom({}, { as: 'text' }, { as: 'boolean' }, { as: 'phone' }, { as: 'milliseconds' }),
  fc.record({
    as: fc.constant('time'),
    format: fc.constantFrom('iso', 'us', 'eu', 'unix'),
    zone: fc.constant('UTC'),
  }),
  fc.record({ as: fc.constant('seconds'), unit: fc.constantFrom('seconds', 'hh:mm:ss') }),
  fc.record({
    as: fc.constant('money'),
    thousands: fc.constantFrom(',', ' '),
    currency: fc.constantFrom('$', 'USD'),
  }),
);
const rowOf = fc
  .tuple(
    fc.record({ from: fc.array(source, { minLength: 1, maxLength: 3 }) }),
    fc.oneof(fc.constant({}), fc.record({ join: fc.string({ maxLength: 2 }) })),
    fc.oneof(
      fc.constant({}),
      fc.record({ words, else: fc.constantFrom('ignore', 'as_is', 'refuse', 'x', 1) }),
    ),
    conversion,
  )
  .map((parts) => Object.assign({}, ...parts));
const fieldName = fc.constantFrom(
  'call_log_id',
  'converted',
  'revenue_paid_out',
  'add.x',
  'add',
  'remove',
  'reason',
);
const goodRow = fc.oneof(source, rowOf, fc.record({ value: fc.jsonValue() }));
const goodMapping = fc.record(
  {
    each: fc.constantFrom('', '/a', '/b'),
    only_when: fc.array(fc.record({ from: source, in: fc.constant(['1', 'x']) }), { maxLength: 1 }),
    fields: fc.dictionary(fieldName, fc.oneof(goodRow, fc.array(goodRow, { minLength: 1, maxLength: 3 }))),
  },
  { requiredKeys: ['fields'] },
);
const anyText = fc.oneof(
  fc.string(),
  fc.constantFrom('12.50', '01/02/2026 3:04 PM', '00:01:02', '(5)', '[a]', '-'.repeat(60), ''),
);
const anyJson = fc.oneof(fc.jsonValue(), anyText);
const anyBody = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'add', 'fields', 'call_log_id'), anyJson),
);

test('never throws, for any request', () => {
  fc.assert(
    fc.property(goodMapping, anyBody, anyText, (mapping, body, text) => {
      fc.pre(!Array.isArray(parseMapping(mapping, type))); // a constant that the field cannot have
      const query = new URLSearchParams({ a: text }).toString();
      readAll(mapping, { body, query, headers: { b: text } });
    }),
    { numRuns: 2_000 },
  );
});

test('never throws, for any mapping', () => {
  const anyRow = fc.dictionary(
    fc.constantFrom('from', 'when', 'value', 'join', 'words', 'else', 'as', 'unit', 'zone'),
    fc.jsonValue(),
  );
  const anyMapping = fc.record(
    {
      each: fc.jsonValue(),
      only_when: fc.jsonValue(),
      fields: fc.dictionary(fc.string(), fc.oneof(anyRow, fc.jsonValue())),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(anyMapping, goodMapping, fc.jsonValue()), (mapping) => {
      const parsed = parseMapping(mapping, type);
      if (Array.isArray(parsed)) expect(parsed).not.toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
