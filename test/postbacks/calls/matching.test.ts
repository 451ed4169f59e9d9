/** Which call a postback is about. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, sendAs } from '../../support/senders.ts';
import { startTestServer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const hoursAgo = (hours: number, seconds = 0) =>
  new Date(Date.now() - hours * 3_600_000 + seconds * 1_000).toISOString();

describe('phone_number', () => {
  test.each([
    '+12125550100',
    '2125550100',
    '12125550100',
    '(212) 555-0100',
    '+1 (212) 555-0100',
    '212.555.0100',
    '1-212-555-0100',
    'tel:+1-212-555-0100',
    '011 1 212 555 0100',
    '(212) 555-0100 ext. 5',
    '\u00a0+1 212\u2013555\u20130100',
    2125550100,
    12125550100,
  ])('is read in any common notation: %j', async (phone) => {
    await server.createCall('phone', { phone_number: '+1 212 555 0100' });
    for (const encoding of encodings) {
      const payload = { phone_number: phone, dry_run: true, converted: true };
      const answer = await sendAs(server, webhook, encoding, payload);
      expect(answer.json).toMatchObject({ call_log_id: 'phone', matched_by: 'phone_number', candidates: 1 });
    }
  });

  test('keeps its plus where the sender did not encode it', async () => {
    await server.createCall('berlin', { phone_number: '+49 30 901820' });
    const answer = await server.request('/update-fields?phone_number=+4930901820&dry_run=1&converted=1', {
      headers: { 'x-auth-key': webhook.auth_key },
    });
    expect(answer.json.call_log_id).toBe('berlin');
  });

  test('is read with the default country of the account', async () => {
    const other = await startTestServer();
    await other.api('PATCH', '/account', { default_country: 'DE' });
    const german = await other.createWebhook();
    await other.createCall('hamburg', { phone_number: '040 428280' });
    for (const phone of ['040 428280', '+49 40 428280', '0049 40 428280']) {
      const answer = await other.post(german, { phone_number: phone, dry_run: true, converted: true });
      expect(answer.json.call_log_id).toBe('hamburg');
    }
    await other.stop();
  });

  test.each([
    'abc',
    '12',
    '+',
    '911',
    '1'.repeat(20),
    '+999 1234',
    '2125550100 or 2125550101',
    1.5,
    true,
    ['+12125550100'],
  ])('is rejected as %j', async (phone) => {
    const answer = await server.post(webhook, { phone_number: phone, converted: true });
    expect(answer.json).toMatchObject({
      status: 422,
      code: 'invalid_phone_number',
      errors: [{ field: 'phone_number' }],
    });
  });

  const withheld = [
    ...[
      '+17378742833',
      '+266696687',
      '+86282452253',
      '0000000000',
      'Restricted',
      'anonymous',
      'Rufnummer unterdrückt',
    ],
    ...['Numéro masqué', 'sip:anonymous@anonymous.invalid', '非通知', '"Anonymous" <sip:x1@privacy.example>'],
  ];

  test.each(withheld)('of a withheld caller is none, in calls and postbacks: %s', async (phone) => {
    const id = `withheld ${phone}`;
    await server.createCall(id, { phone_number: phone });
    expect(await server.readCall(id)).toMatchObject({ phone_number: null, caller_withheld: true });
    const answer = await server.post(webhook, { phone_number: phone, converted: true });
    expect(answer.json).toMatchObject({ status: 422, code: 'caller_withheld' });
    expect(answer.json.detail).toContain('call_log_id');
  });

  test('that no call has is 404', async () => {
    const answer = await server.post(webhook, { phone_number: '+12125559999', converted: true });
    expect(answer.json).toMatchObject({ status: 404, code: 'no_call_in_window', candidates: 0 });
  });
});

test.each([
  {},
  { call_log_id: '' },
  { call_log_id: null, phone_number: null },
  { call_log_id: ' ', phone_number: ' ' },
])('neither is rejected: %j', async (named) => {
  const answer = await server.post(webhook, { ...named, converted: true });
  expect(answer.json).toMatchObject({ status: 422, code: 'call_not_identified' });
});

describe('the rule of the webhook', () => {
  const phone_number = '+13125550111';
  beforeAll(async () => {
    await server.createCall('oldest', { phone_number, started_at: hoursAgo(5), duration_seconds: 30 });
    await server.createCall('long', { phone_number, started_at: hoursAgo(4), duration_seconds: 300 });
    await server.createCall('newest', { phone_number, started_at: hoursAgo(1), duration_seconds: 60 });
    await server.createCall('unmeasured', { phone_number, started_at: hoursAgo(3), state: 'live' });
    await server.createCall('too-old', { phone_number, started_at: hoursAgo(169), duration_seconds: 900 });
    await server.createCall('someone-else', { phone_number: '+13125550112', duration_seconds: 900 });
  });

  test.each([
    [undefined, 'newest'],
    ['latest', 'newest'],
    ['first', 'oldest'],
    ['longest', 'long'],
  ])('%s picks the call %s', async (match_rule, callLogId) => {
    const ruled = await server.createWebhook('update_fields', { match_rule });
    const answer = await server.post(ruled, { phone_number, reason: `rule ${match_rule}` });
    expect(answer.json).toMatchObject({
      call_log_id: callLogId,
      matched_by: 'phone_number',
      candidates: 4,
    });
  });

  test('only rejects several and names them, and takes a single one', async () => {
    const ruled = await server.createWebhook('update_fields', { match_rule: 'only' });
    const answer = await server.post(ruled, { phone_number, converted: true });
    expect(answer.json).toMatchObject({ status: 409, code: 'ambiguous_call', candidates: 4 });
    expect(answer.json.call_log_ids.toSorted()).toEqual(['long', 'newest', 'oldest', 'unmeasured']);
    const logged = (await server.api('GET', `/postbacks/${answer.json.postback_id}`)).json;
    expect(logged.answer).toEqual({ status: 409, body: answer.json });
    const single = await server.post(ruled, { phone_number: '+13125550112', converted: true });
    expect(single.json).toMatchObject({ status: 'applied', call_log_id: 'someone-else', candidates: 1 });
  });

  test('a change of the rule counts from the next postback on', async () => {
    const ruled = await server.createWebhook('update_fields', { match_rule: 'first' });
    const send = async () =>
      (await server.post(ruled, { phone_number, dry_run: true, reason: 'r' })).json.call_log_id;
    expect(await send()).toBe('oldest');
    await server.api('PATCH', `/webhooks/incoming/${ruled.id}`, { match_rule: 'longest' });
    expect(await send()).toBe('long');
  });
});

describe('the window of the webhook', () => {
  test.each([
    ['7 days', undefined, 168],
    ['1 hour', 1, 1],
    ['90 days', 2160, 2160],
  ])('of %s has the calls that started within it', async (_name, match_window_hours, hours) => {
    const windowed = await server.createWebhook('update_fields', { match_window_hours });
    const phone_number = `+1212555${String(2000 + hours)}`;
    await server.createCall(`before-${hours}`, { phone_number, started_at: hoursAgo(hours, -30) });
    const none = await server.post(windowed, { phone_number, converted: true });
    expect(none.json).toMatchObject({ status: 404, code: 'no_call_in_window' });
    await server.createCall(`within-${hours}`, { phone_number, started_at: hoursAgo(hours, 30) });
    const one = await server.post(windowed, { phone_number, converted: true });
    expect(one.json).toMatchObject({ call_log_id: `within-${hours}`, candidates: 1 });
  });

  test('does not reach into the future', async () => {
    const phone_number = '+12125553000';
    await server.createCall('tomorrow', { phone_number, started_at: hoursAgo(-24) });
    const answer = await server.post(webhook, { phone_number, converted: true });
    expect(answer.json.code).toBe('no_call_in_window');
  });

  test.each([0, 2161, 1.5, '24h'])('cannot be %j hours', async (match_window_hours) => {
    const settings = { name: 'x', type: 'update_fields', match_window_hours };
    expect((await server.api('POST', '/webhooks/incoming', settings)).status).toBe(422);
  });
});
