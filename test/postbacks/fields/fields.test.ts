/** Every form of value that the fields take, and what they do to the call. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Payload, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.api('PATCH', '/account', { time_zone: 'America/New_York' });
  await server.createCall('CA1');
});

/** What a field would become on a call that has none of it. */
async function dryRun(payload: Payload, encoding: 'POST application/json' | 'GET' = 'POST application/json') {
  return sendAs(server, webhook, encoding, { call_log_id: 'CA1', dry_run: true, ...payload });
}

async function expectRejected(payload: Payload): Promise<void> {
  const [field] = Object.keys(payload);
  const answer = await dryRun(payload);
  expect(answer.json).toMatchObject({ status: 422, errors: [{ field, code: 'invalid_value' }] });
}

let calls = 0;
async function newCall(fields: object = {}): Promise<string> {
  calls += 1;
  await server.createCall(`F${calls}`, fields);
  return `F${calls}`;
}

describe('converted', () => {
  const texts = (words: string[]) => words.flatMap((word) => [word, word.toUpperCase(), ` ${word} `]);
  test.each([true, 1, ...texts(['1', 'true', 'yes', 'on'])])('is true for %j', async (value) => {
    expect((await dryRun({ converted: value })).json.changes.converted).toEqual({ from: false, to: true });
    expect((await dryRun({ converted: value }, 'GET')).json.changes.converted.to).toBe(true);
  });
  test.each([false, 0, ...texts(['0', 'false', 'no', 'off'])])('is false for %j', async (value) => {
    const callLogId = await newCall({ converted: true });
    const answer = await server.post(webhook, { call_log_id: callLogId, converted: value });
    expect(answer.json.changes.converted).toEqual({ from: true, to: false });
  });
  test.each([2, -1, 0.5, '', 'y', 'ja', 'truee', '01', [true], {}, { value: true }])(
    'is rejected as %j',
    async (value) => expectRejected({ converted: value }),
  );
});

describe('call_converted_at', () => {
  test.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02t03:04:05z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.1234567Z', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02T03:04:05+05:30', '2026-01-01T21:34:05.000Z'],
    ['2026-01-02T03:04:05-08:00', '2026-01-02T11:04:05.000Z'],
    ['2026-01-02T03:04:05-00:00', '2026-01-02T03:04:05.000Z'],
    ['2025-12-31T23:59:60Z', '2025-12-31T23:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    // without an offset: the account's zone, five hours behind in winter and four in summer
    ['2026-01-02T03:04:05', '2026-01-02T08:04:05.000Z'],
    ['2026-01-02 03:04:05', '2026-01-02T08:04:05.000Z'],
    ['2026-07-02T03:04:05', '2026-07-02T07:04:05.000Z'],
    // 2:30 does not exist on the day the clocks go forward, and 1:30 comes twice when they go back
    ['2026-03-08T02:30:00', '2026-03-08T07:30:00.000Z'],
    ['2025-11-02T01:30:00', '2025-11-02T05:30:00.000Z'],
    ['2026-01-02T03:04:05.000+0000', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02 03:04:05 -0500', '2026-01-02T08:04:05.000Z'],
    ['Fri, 02 Jan 2026 03:04:05 +0000', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04Z', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02T03:04:05+00', '2026-01-02T03:04:05.000Z'],
    ['1767323045.368', '2026-01-02T03:04:05.368Z'],
    ['2026-01-02T03:04:05[Europe/Paris]', '2026-01-02T02:04:05.000Z'],
    ['1767323045', '2026-01-02T03:04:05.000Z'],
    ['1767323045678', '2026-01-02T03:04:05.678Z'],
    [1767323045, '2026-01-02T03:04:05.000Z'],
    [1767323045678, '2026-01-02T03:04:05.678Z'],
  ])('%j is %s, from JSON and from text', async (value, instant) => {
    for (const encoding of ['POST application/json', 'GET'] as const) {
      const answer = await dryRun({ call_converted_at: value }, encoding);
      expect(answer.json.changes).toEqual({ call_converted_at: { from: null, to: instant } });
    }
  });

  test('an offset keeps its plus where the sender did not encode it', async () => {
    const query = 'call_log_id=CA1&dry_run=1&call_converted_at=2026-01-02T03:04:05+02:00';
    const answer = await server.request(`/update-fields?${query}`, {
      headers: { 'x-auth-key': webhook.auth_key },
    });
    expect(answer.json.changes.call_converted_at.to).toBe('2026-01-02T01:04:05.000Z');
  });

  test('may be at most 24 hours ahead', async () => {
    const ahead = (ms: number) => new Date(Date.now() + 86_400_000 + ms).toISOString();
    expect((await dryRun({ call_converted_at: ahead(-2_000) })).status).toBe(200);
    await expectRejected({ call_converted_at: ahead(60_000) });
  });

  test.each([
    '2026-01-02',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:60:00Z',
    '2026-01-02T03:04:05+24:00',
    '02.01.2026 03:04:05',
    '0085-05-05T10:00:00Z',
    '1969-12-31T23:59:59Z',
    '9999-12-31T23:59:59-23:59',
    '176732304',
    '176732304500',
    '17673230456789',
    -1767323045,
    'now',
    true,
    [1767323045],
  ])('is rejected as %j', async (value) => expectRejected({ call_converted_at: value }));
});

describe('reason', () => {
  test.each([
    ['  two words ', 'two words'],
    ['x'.repeat(500), 'x'.repeat(500)],
    ['😀'.repeat(500), '😀'.repeat(500)],
    [` ${'x'.repeat(500)} `, 'x'.repeat(500)],
    ['"quoted" \\ <b>&amp;</b> \' ; drop table call', '"quoted" \\ <b>&amp;</b> \' ; drop table call'],
    [42, '42'],
  ])('is trimmed text: %#', async (value, reason) => {
    const callLogId = await newCall();
    await sendAs(server, webhook, 'POST application/json', { call_log_id: callLogId, reason: value });
    expect((await server.readCall(callLogId)).reason).toBe(reason);
    await sendAs(server, webhook, 'GET', { call_log_id: callLogId, reason: '' });
    const answer = await sendAs(server, webhook, 'POST application/x-www-form-urlencoded', {
      call_log_id: callLogId,
      reason: value,
    });
    expect(answer.json.changes.reason).toEqual({ from: null, to: reason });
  });
  test.each(['x'.repeat(501), '😀'.repeat(501), 'a\0b', 'a\ud800b', true, ['x'], { text: 'x' }])(
    'is rejected: %#',
    async (value) => expectRejected({ reason: value }),
  );
});

describe('no_payout_reason', () => {
  test.each([
    [
      'Campaign preconversion',
      ['campaign preconversion', 'CAMPAIGN_PRECONVERSION', 'campaign-preconversion'],
    ],
    [
      'Condition not met',
      ['condition not met', 'Condition_Not_Met', 'CONDITION-not_met', ' Condition not met '],
    ],
    ['Caps exceeded', ['caps exceeded', 'caps_exceeded', 'Caps-Exceeded']],
  ])('%s is read in any case and with _ or -', async (reason, spellings) => {
    for (const spelling of [reason, ...spellings]) {
      expect((await dryRun({ no_payout_reason: spelling })).json.changes.no_payout_reason.to).toBe(reason);
      expect((await dryRun({ no_payout_reason: spelling }, 'GET')).json.changes.no_payout_reason.to).toBe(
        reason,
      );
    }
  });
  test.each(['Other', 'Condition  not met', 'Conditionnotmet', 1, true, ['Caps exceeded']])(
    'is rejected as %j',
    async (value) => expectRejected({ no_payout_reason: value }),
  );

  test('holds the payout without touching its amount, and null releases it', async () => {
    const callLogId = await newCall({ publisher_paid_out: '8' });
    await server.post(webhook, { call_log_id: callLogId, no_payout_reason: 'caps_exceeded' });
    expect(await server.readCall(callLogId)).toMatchObject({
      payout_status: 'held',
      publisher_paid_out: '8.00',
      no_payout_reason: 'Caps exceeded',
    });
    expect((await server.api('GET', '/calls?held=true')).json.items).toMatchObject([
      { call_log_id: callLogId },
    ]);
    await server.post(webhook, { call_log_id: callLogId, no_payout_reason: null });
    expect(await server.readCall(callLogId)).toMatchObject({ payout_status: 'owed', no_payout_reason: null });
  });
});
