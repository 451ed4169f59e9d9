import { expect, test } from 'vitest';
import { webhookTypes } from '../../updates/fields/webhook-type.ts';
import { parseMapping } from './parse-mapping.ts';

function faultsOf(json: unknown) {
  const parsed = parseMapping(json, webhookTypes.update_revenue);
  return Array.isArray(parsed) ? parsed.map(({ field }) => field) : [];
}

test('names every error of a mapping by its pointer', () => {
  const mapping = {
    eaxh: '/a',
    each: 'data',
    only_when: [{ from: '/~2', in: [] }, 'x', { from: ['a', ''], in: [{}] }],
    fields: {
      'a/b': 'x',
      reason: 'not of this type',
      'add.gclid': 'not of this type',
      call_log_id: 'header.Authorization',
      revenue: {
        from: 'payout',
        as: 'money',
        decimal: ',',
        thousands: ',',
        currency: '12',
        unit: 'dimes',
        zone: 'UTC',
      },
      amount: 'the same field again',
      converted: { from: ['s', 7], words: { sold: true, ' SOLD ': false, x: {} }, else: [], as: 'bool' },
      call_converted_at: { from: 'ts', as: 'time', format: 'uk', zone: 'Mars' },
      transaction_id: { from: 'id', join: '-', else: 'ignore', format: 'us' },
      dry_run: { value: true, as: 'text' },
      phone_number: {},
      return: 5,
    },
  };
  expect(faultsOf(mapping).sort()).toEqual(
    [
      '/eaxh',
      '/each',
      '/only_when/0/from',
      '/only_when/0/in',
      '/only_when/1',
      '/only_when/2/from/1',
      '/only_when/2/in/0',
      '/fields/a~1b',
      '/fields/reason',
      '/fields/add.gclid',
      '/fields/call_log_id',
      '/fields/revenue/thousands',
      '/fields/revenue/currency',
      '/fields/revenue/unit',
      '/fields/revenue/zone',
      '/fields/amount',
      '/fields/converted/from/1',
      '/fields/converted/words/ SOLD ',
      '/fields/converted/words/x',
      '/fields/converted/else',
      '/fields/converted/as',
      '/fields/call_converted_at/format',
      '/fields/call_converted_at/zone',
      '/fields/transaction_id/join',
      '/fields/transaction_id/else',
      '/fields/transaction_id/format',
      '/fields/dry_run/as',
      '/fields/phone_number',
      '/fields/return',
    ].sort(),
  );
});

test('names every error of the rows of one field', () => {
  const rows = [{ from: 'a', when: [{ from: 'b', in: [] }] }, { value: 1, when: 'x', as: 'text' }, 7];
  expect(faultsOf({ fields: { phone_number: rows, transaction_id: [] } }).sort()).toEqual([
    '/fields/phone_number/0/when/0/in',
    '/fields/phone_number/1/as',
    '/fields/phone_number/1/when',
    '/fields/phone_number/2',
    '/fields/transaction_id',
  ]);
});

test('reads constants and the meanings of words', () => {
  const fields = {
    revenue: { value: '12,50' },
    converted: { from: 's', words: { sold: 'yes', lost: 'perhaps' }, else: 'unknown' },
  };
  expect(faultsOf({ fields })).toEqual([
    '/fields/revenue/value',
    '/fields/converted/words/lost',
    '/fields/converted/else',
  ]);
});

test.each([{ each: '/data' }, { only_when: [{ from: 'status', in: ['ended'] }] }])(
  'a mapping may have no rows: %j',
  (json) => {
    expect(parseMapping(json, webhookTypes.update_revenue)).toMatchObject({ rows: [] });
  },
);

test.each([null, 7, [], 'x', {}, { fields: [] }, { each: '/data', fields: null }])(
  'rejects %j as a mapping',
  (json) => {
    expect(faultsOf(json)).toHaveLength(1);
  },
);

test.each(['auth_key', 'query.moja_auth_key', '/auth_key', 'header.Cookie', 'header.x-auth-key'])(
  'reads no key from %s',
  (source) => {
    expect(faultsOf({ fields: { call_log_id: source } })).toEqual(['/fields/call_log_id']);
  },
);
