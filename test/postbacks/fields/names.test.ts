/** Which names count, what contradicts, and what absent, empty and null mean. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, type Payload, sendAs, textEncodings } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let fieldsWebhook: TestWebhook;
let revenueWebhook: TestWebhook;
let tagsWebhook: TestWebhook;

beforeAll(async () => {
  [fieldsWebhook, revenueWebhook, tagsWebhook] = await Promise.all([
    server.createWebhook('update_fields'),
    server.createWebhook('update_revenue'),
    server.createWebhook('update_tags'),
  ]);
  await server.createCall('CA1');
});

const jsonEncodings = encodings.filter((encoding) => encoding !== 'GET' && !encoding.endsWith('urlencoded'));

describe.each(encodings)('%s', (encoding) => {
  test.each([
    ['converted', { converted: true, fields: { converted: false } }],
    ['revenue_paid_out', { revenue_paid_out: '1', fields: { revenue_paid_out: '1.0001' } }],
    ['reason', { reason: 'a', fields: { reason: 'b' } }],
    ['add', { add: { k: 'a' }, fields: { add: { k: 'b' } } }],
    ['remove', { remove: ['a'], fields: { remove: ['b'] } }],
  ] satisfies [string, Payload][])(
    'rejects %s with one value on top and another in fields',
    async (name, payload) => {
      const answer = await sendAs(server, fieldsWebhook, encoding, { call_log_id: 'CA1', ...payload });
      expect(answer.json).toMatchObject({ status: 422, code: 'conflicting_field' });
      expect(answer.json.errors).toMatchObject([{ field: `fields.${name}`, code: 'conflicting_field' }]);
    },
  );

  test('takes the same field on top and in fields when both say the same', async () => {
    const answer = await sendAs(server, fieldsWebhook, encoding, {
      ...{ call_log_id: 'CA1', dry_run: true, converted: 'yes', revenue_paid_out: '1.5', add: { k: 'v' } },
      fields: { converted: true, revenue_paid_out: '1.50', add: { k: 'v' } },
    });
    expect(answer.status).toBe(200);
  });

  test('ignores unknown names at the top level and lists each once', async () => {
    const answer = await sendAs(server, fieldsWebhook, encoding, {
      ...{ call_log_id: 'CA1', dry_run: true, converted: true },
      ...{ utm_source: 'x', gclid: 'y', payout: 'z', constructor: 'c', toString: 'd' },
    });
    expect(answer.status).toBe(200);
    expect(answer.json.ignored.toSorted()).toEqual([
      'constructor',
      'gclid',
      'payout',
      'toString',
      'utm_source',
    ]);
  });

  test('rejects unknown names inside fields, each by name', async () => {
    const fields = { convertd: true, revenue: '5', reason: 'ok' };
    const answer = await sendAs(server, fieldsWebhook, encoding, { call_log_id: 'CA1', fields });
    expect(answer.json).toMatchObject({ status: 422, code: 'unknown_field' });
    expect(answer.json.errors.map(({ field }: { field: string }) => field)).toEqual([
      'fields.convertd',
      'fields.revenue',
    ]);
    expect((await server.readCall('CA1')).reason).toBeNull();
  });

  test.each([
    ['no field at all', {}],
    ['nothing but unknown names', { conversion: 'true', utm_source: 'x' }],
    ['nothing but its controls', { transaction_id: 'T1', return: 'json' }],
  ] satisfies [string, Payload][])('rejects a postback of %s', async (_name, payload) => {
    for (const webhook of [fieldsWebhook, revenueWebhook, tagsWebhook]) {
      const answer = await sendAs(server, webhook, encoding, { call_log_id: 'CA1', ...payload });
      expect(answer.json).toMatchObject({ status: 422, code: 'no_updates' });
    }
  });

  test.each(['revenue', 'revenue_paid_out', 'amount'])(
    'takes the revenue of update_revenue as %s',
    async (name) => {
      const answer = await sendAs(server, revenueWebhook, encoding, {
        ...{ call_log_id: 'CA1', dry_run: true, converted: true, call_converted_at: '2026-01-02T03:04:05Z' },
        fields: { [name]: '3.5' },
      });
      expect(answer.json.changes).toMatchObject({
        revenue_paid_out: { from: null, to: '3.50' },
        call_converted_at: { from: null, to: '2026-01-02T03:04:05.000Z' },
      });
    },
  );

  test('rejects two names of the revenue that differ, and update_revenue without any', async () => {
    const two = await sendAs(server, revenueWebhook, encoding, {
      call_log_id: 'CA1',
      revenue: '1',
      amount: '2',
    });
    expect(two.json).toMatchObject({ code: 'conflicting_field', errors: [{ field: 'amount' }] });
    const none = await sendAs(server, revenueWebhook, encoding, { call_log_id: 'CA1', converted: true });
    expect(none.json).toMatchObject({ status: 422, code: 'invalid_value', errors: [{ field: 'revenue' }] });
  });

  test('keeps update_revenue and update_tags to their own fields', async () => {
    const payload = { call_log_id: 'CA1', dry_run: true, reason: 'r', publisher_paid_out: '1' };
    const revenue = await sendAs(server, revenueWebhook, encoding, { ...payload, revenue: '1', remove: 'k' });
    expect(revenue.json.ignored.toSorted()).toEqual(['publisher_paid_out', 'reason', 'remove']);
    const tags = await sendAs(server, tagsWebhook, encoding, {
      ...payload,
      add: { k: 'v' },
      converted: true,
    });
    expect(tags.json.ignored.toSorted()).toEqual(['converted', 'publisher_paid_out', 'reason']);
    const inFields = await sendAs(server, tagsWebhook, encoding, { ...payload, fields: { converted: true } });
    expect(inFields.json.code).toBe('unknown_field');
  });
});

test('a field that is sent twice with two values is rejected, and so is the name of the call', async () => {
  for (const [name, first, second] of [
    ['converted', 'true', 'no'],
    ['fields[reason]', 'a', 'b'],
    ['transaction_id', 'T1', 'T2'],
    ['dry_run', 'true', 'false'],
  ] as const) {
    const once = [...(name === 'converted' ? [] : [['converted', 'true'] as [string, string]])];
    const answer = await server.get(fieldsWebhook, [
      ['call_log_id', 'CA1'],
      ...once,
      [name, first],
      [name, second],
    ]);
    expect(answer.json).toMatchObject({ status: 422, code: 'conflicting_field' });
  }
  const answer = await server.get(fieldsWebhook, [
    ['call_log_id', 'CA1'],
    ['call_log_id', 'CA2'],
    ['converted', 'true'],
  ]);
  expect(answer.json).toMatchObject({ code: 'conflicting_field', errors: [{ field: 'call_log_id' }] });
});

const full = {
  converted: true,
  call_converted_at: '2026-01-02T03:04:05.000Z',
  revenue_paid_out: '5.00',
  publisher_paid_out: '2.00',
  reason: 'why',
  no_payout_reason: 'Condition not met',
};

test('an absent field is left as it is', async () => {
  await server.createCall('absent', { ...full, tags: { k: 'v' } });
  await server.post(fieldsWebhook, { call_log_id: 'absent', reason: 'new' });
  expect(await server.readCall('absent')).toMatchObject({ ...full, reason: 'new', tags: { k: 'v' } });
});

const clearable = ['call_converted_at', 'reason', 'no_payout_reason'];
const nulls = [
  ...jsonEncodings.map((encoding) => ({ encoding, value: null })),
  ...textEncodings.flatMap((encoding) => ['', ' ', 'null', 'NULL'].map((value) => ({ encoding, value }))),
];

test.each(nulls)('null by $encoding as $value clears what takes null', async ({ encoding, value }) => {
  const callLogId = `clear-${encoding}-${value}`;
  for (const place of ['top', 'fields']) {
    await server.createCall(`${callLogId}-${place}`, full);
    const cleared = Object.fromEntries(clearable.map((name) => [name, value]));
    const payload = place === 'top' ? cleared : { fields: cleared };
    const answer = await sendAs(server, fieldsWebhook, encoding, {
      call_log_id: `${callLogId}-${place}`,
      ...payload,
    });
    expect(answer.status).toBe(200);
    expect(await server.readCall(`${callLogId}-${place}`)).toMatchObject({
      ...full,
      ...Object.fromEntries(clearable.map((name) => [name, null])),
    });
  }
});

test.each(nulls)(
  'null by $encoding as $value is rejected for what does not take null',
  async ({ encoding, value }) => {
    const payload = {
      call_log_id: 'CA1',
      converted: value,
      revenue_paid_out: value,
      publisher_paid_out: value,
    };
    const answer = await sendAs(server, fieldsWebhook, encoding, payload);
    const isWord = value !== null && value.trim() !== '';
    const code = isWord ? 'unresolved_placeholder' : 'invalid_value';
    expect(answer.json).toMatchObject({ status: 422, code });
    expect(answer.json.errors.map(({ field }: { field: string }) => field)).toEqual([
      'converted',
      'revenue_paid_out',
      'publisher_paid_out',
    ]);
  },
);

test('in JSON the word null and an empty text are texts, but for the reason, where empty is null', async () => {
  await server.createCall('json-texts', full);
  const post = (fields: object) => server.post(fieldsWebhook, { call_log_id: 'json-texts', ...fields });
  expect((await post({ call_converted_at: 'null' })).json.code).toBe('invalid_value');
  expect((await post({ call_converted_at: '' })).json.code).toBe('invalid_value');
  expect((await post({ no_payout_reason: '' })).json.code).toBe('invalid_value');
  expect((await post({ reason: 'null' })).json.changes.reason.to).toBe('null');
  expect((await post({ reason: ' ' })).json.changes.reason.to).toBeNull();
  expect((await post({ add: null })).json).toMatchObject({
    code: 'invalid_value',
    errors: [{ field: 'add' }],
  });
});
