/** `GET` and `PATCH /account`: a change counts from the very next request on. */
import { beforeEach, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { startTestServer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

beforeEach(async () => {
  await server.api('PATCH', '/account', { name: 'Ringback', time_zone: 'UTC', default_country: 'US' });
});

test('a new account keeps UTC and reads numbers as those of the US', async () => {
  const fresh = await startTestServer();
  const { status, json } = await fresh.api('GET', '/account');
  await fresh.stop();
  expect(status).toBe(200);
  expect(json).toEqual({
    ...{ name: expect.any(String), time_zone: 'UTC', default_country: 'US' },
    twilio_auth_token_set: false,
  });
});

test('what is sent is changed, and what is absent stays', async () => {
  const all = { name: 'Acme Leads', time_zone: 'Europe/Berlin', default_country: 'DE' };
  expect(await server.api('PATCH', '/account', all)).toMatchObject({ status: 200, json: all });
  expect((await server.api('PATCH', '/account', { name: '  Acme  ' })).json).toEqual({
    ...{ ...all, twilio_auth_token_set: false },
    name: 'Acme',
  });
  expect((await server.api('PATCH', '/account', { default_country: 'fr' })).json.default_country).toBe('FR');
  expect((await server.api('PATCH', '/account', {})).json).toEqual({
    ...{ ...all, twilio_auth_token_set: false },
    name: 'Acme',
    default_country: 'FR',
  });
  expect((await server.api('GET', '/account')).json.name).toBe('Acme');
});

test.each(['\u200b', '\u00a0', '\u202etoken', ' ', ''])(
  'a Twilio auth token that a person cannot see or type is rejected: %j',
  async (token) => {
    const answer = await server.api('PATCH', '/account', { twilio_auth_token: token });
    expectProblem(answer, 422, 'invalid_value');
    expect((await server.api('GET', '/account')).json.twilio_auth_token_set).toBe(false);
  },
);

describe('the very next postback is read with', () => {
  const convertedAt = async (text: string) => {
    const body = { call_log_id: 'C1', call_converted_at: text, dry_run: true };
    return (await server.post(webhook, body)).json.changes.call_converted_at.to;
  };

  test('the new time zone', async () => {
    await server.createCall('C1');
    expect(await convertedAt('2026-07-01T12:00:00')).toBe('2026-07-01T12:00:00.000Z');
    for (const [zone, hour] of [
      ['America/New_York', '16'],
      ['Asia/Tokyo', '03'],
      ['Europe/London', '11'],
    ]) {
      await server.api('PATCH', '/account', { time_zone: zone });
      expect(await convertedAt('2026-07-01T12:00:00')).toBe(`2026-07-01T${hour}:00:00.000Z`);
    }
  });

  test('the new country', async () => {
    await server.createCall('in the US', { phone_number: '+14155550142' });
    await server.createCall('in Germany', { phone_number: '+494155550142' });
    const match = async () =>
      (await server.post(webhook, { phone_number: '4155550142', reason: 'x', dry_run: true })).json;
    expect(await match()).toMatchObject({ call_log_id: 'in the US' });
    await server.api('PATCH', '/account', { default_country: 'DE' });
    expect(await match()).toMatchObject({ call_log_id: 'in Germany' });
    await server.api('PATCH', '/account', { default_country: 'US' });
    expect(await match()).toMatchObject({ call_log_id: 'in the US' });
  });

  test('the new settings, however many come while they change', async () => {
    await server.createCall('C2');
    const zones = ['UTC', 'Asia/Tokyo'];
    for (let round = 0; round < 10; round += 1) {
      const early = server.post(webhook, {
        call_log_id: 'C2',
        call_converted_at: '2026-07-01T12:00:00',
        dry_run: true,
      });
      const zone = zones[round % 2];
      await server.api('PATCH', '/account', { time_zone: zone });
      const hour = zone === 'UTC' ? '12' : '03';
      const body = { call_log_id: 'C2', call_converted_at: '2026-07-01T12:00:00', dry_run: true };
      const answers = await Promise.all(Array.from({ length: 5 }, () => server.post(webhook, body)));
      for (const { json } of answers) {
        expect(json.changes.call_converted_at.to).toBe(`2026-07-01T${hour}:00:00.000Z`);
      }
      expect((await early).status).toBe(200);
    }
  });
});

test('the Twilio auth token is written and never read', async () => {
  const secret = 'a-token-that-stays-hidden';
  const answer = await server.api('PATCH', '/account', { twilio_auth_token: secret });
  expect(answer.status).toBe(200);
  for (const { text, json } of [answer, await server.api('GET', '/account')]) {
    expect(text).not.toContain(secret);
    expect(json.twilio_auth_token_set).toBe(true);
  }
  const removed = await server.api('PATCH', '/account', { twilio_auth_token: null });
  expect(removed.json.twilio_auth_token_set).toBe(false);
});

describe('is rejected', () => {
  test.each<[string, unknown, string[]]>([
    [
      'all that is wrong, every fault told',
      { name: '', time_zone: 'Mars/Olympus', default_country: 'XX', twilio_auth_token: 5, plan: 'pro' },
      [
        'default_country: invalid_value',
        'name: invalid_value',
        'plan: unknown_field',
        'time_zone: invalid_value',
        'twilio_auth_token: invalid_value',
      ],
    ],
    [
      'null',
      { name: null, time_zone: null, default_country: null },
      ['default_country: invalid_value', 'name: invalid_value', 'time_zone: invalid_value'],
    ],
    [
      'NUL',
      { name: 'a\0', twilio_auth_token: '\0' },
      ['name: invalid_value', 'twilio_auth_token: invalid_value'],
    ],
    [
      'broken Unicode',
      { name: '\ud800', time_zone: '\ud800', default_country: '\ud800' },
      ['default_country: invalid_value', 'name: invalid_value', 'time_zone: invalid_value'],
    ],
    ['a country by its name', { default_country: 'Germany' }, ['default_country: invalid_value']],
    ['an empty time zone', { time_zone: '' }, ['time_zone: invalid_value']],
  ])('%s', async (_what, body, faults) => {
    const before = (await server.api('GET', '/account')).json;
    const answer = await server.api('PATCH', '/account', body);
    expect(answer.status).toBe(422);
    expect(faultsOf(answer).sort()).toEqual(faults);
    expect((await server.api('GET', '/account')).json).toEqual(before);
  });

  test('a body that is no JSON object', async () => {
    expectProblem(await server.api('PATCH', '/account'), 400, 'malformed_body');
    expectProblem(await server.api('PATCH', '/account', ['name']), 400, 'malformed_body');
  });
});
