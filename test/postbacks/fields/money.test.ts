/** Money is exact decimal from the wire to the database and back. */
import { beforeAll, describe, expect, test } from 'vitest';
import { postText, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

const taken = [
  ['0', '0.00', '0.0000'],
  ['0.0001', '0.0001', '0.0001'],
  ['12.5', '12.50', '12.5000'],
  ['12.50', '12.50', '12.5000'],
  ['12.345', '12.345', '12.3450'],
  ['0.1', '0.10', '0.1000'],
  ['0.7', '0.70', '0.7000'],
  ['4.35', '4.35', '4.3500'],
  ['1.1051', '1.1051', '1.1051'],
  ['99999999', '99999999.00', '99999999.0000'],
  ['99999999.9999', '99999999.9999', '99999999.9999'],
  ['15.00000', '15.00', '15.0000'],
  ['12.500000', '12.50', '12.5000'],
  ['-0', '0.00', '0.0000'],
  ['-0.00', '0.00', '0.0000'],
] as const;
/** Decimals that JSON does not know as numbers. */
const takenAsText = [
  ...taken,
  ['007.5', '7.50', '7.5000'],
  ['.5', '0.50', '0.5000'],
  [' 5 ', '5.00', '5.0000'],
  ['\u202a12.50\u202c', '12.50', '12.5000'],
] as const;

describe.each(['revenue_paid_out', 'publisher_paid_out'])('%s', (field) => {
  test.each(taken)('takes the JSON number %s as %s', async (number, answered, stored) => {
    await expectTaken(`{"${field}":${number},"call_log_id":`, answered, stored);
  });

  test.each(takenAsText)('takes the decimal text %j as %s', async (text, answered, stored) => {
    await expectTaken(`{"${field}":"${text}","call_log_id":`, answered, stored);
    const answer = await sendAs(server, webhook, 'GET', { call_log_id: 'CA1', dry_run: true, [field]: text });
    expect(answer.json.changes[field].to).toBe(answered);
  });

  let calls = 0;
  async function expectTaken(body: string, answered: string, stored: string): Promise<void> {
    calls += 1;
    const callLogId = `${field}${calls}`;
    await server.createCall(callLogId);
    const answer = await postText(server, webhook, `${body}"${callLogId}"}`);
    expect(answer.json.changes).toEqual({ [field]: { from: null, to: answered } });
    expect((await server.readCall(callLogId))[field]).toBe(answered);
    const [row] = await server.database.query(
      `select ${field}::text as amount from call where call_log_id = $1`,
      [callLogId],
    );
    expect(row).toEqual({ amount: stored });
  }

  test.each([
    '-1',
    '-0.0001',
    '1e2',
    '1E2',
    '1e-2',
    '0e0',
    '12.34567',
    '12.50001',
    '12.34000000000000000001',
    '0.00001',
    '100000000',
    '99999999.99991',
    '99999999.99999',
    '9'.repeat(400),
    'true',
    '[1]',
    '{"amount":1}',
  ])('rejects the JSON value %s', async (number) => {
    await expectRejected(`{"call_log_id":"CA1","${field}":${number}}`);
  });

  test.each([
    '-1',
    '-0.01',
    '--0',
    '1e2',
    '12.34567',
    '12.50001',
    '12.000001',
    '100000000',
    '1,000.00',
    '1.000,00',
    '12,5',
    "1'000",
    '1 000',
    '$5',
    '5 USD',
    '€5',
    '5%',
    '0x10',
    '1_000',
    '.',
    '-',
    'Infinity',
    '١٢',
    '１２',
    '1\u00a0000',
    '12.5.1',
    '',
  ])('rejects the text %j', async (text) => {
    await expectRejected(`{"call_log_id":"CA1","${field}":${JSON.stringify(text)}}`);
    const answer = await sendAs(server, webhook, 'GET', { call_log_id: 'CA1', [field]: text });
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value', errors: [{ field }] });
  });

  async function expectRejected(body: string): Promise<void> {
    const answer = await postText(server, webhook, body);
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_value', errors: [{ field }] });
    expect((await server.readCall('CA1'))[field]).toBeNull();
  }
});

test('equal amounts in other spellings are no change', async () => {
  await server.createCall('equal', { revenue_paid_out: '12.5' });
  for (const spelling of ['12.5', '12.50', '12.5000', '012.5']) {
    const answer = await server.post(webhook, { call_log_id: 'equal', revenue_paid_out: spelling });
    expect(answer.json).toMatchObject({ status: 'unchanged', changes: {} });
  }
});

test('what a binary float would round is rejected and kept in the log digit by digit', async () => {
  const answer = await postText(
    server,
    webhook,
    '{"call_log_id":"CA1","revenue_paid_out":0.10000000000000000001}',
  );
  const [row] = await server.database.query('select request::text from postback where postback_id = $1', [
    answer.json.postback_id,
  ]);
  expect(row?.['request']).toContain('"revenue_paid_out":0.10000000000000000001');
  const entry = await server.api('GET', `/postbacks/${answer.json.postback_id}`);
  expect(entry.text).toContain('"revenue_paid_out":0.10000000000000000001');
});
