/** `converted` and `call_converted_at` move together. */
import { describe, expect, test } from 'vitest';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const had = '2026-01-01T00:00:00.000Z';
const sent = '2026-02-02T00:00:00.000Z';

test.each([
  [{}, { converted: true, call_converted_at: sent }, { converted: true, call_converted_at: sent }],
  [{ call_converted_at: had }, { converted: true }, { converted: true, call_converted_at: had }],
  [
    { call_converted_at: had },
    { converted: true, call_converted_at: sent },
    { converted: true, call_converted_at: sent },
  ],
  [
    { converted: true, call_converted_at: had },
    { converted: false },
    { converted: false, call_converted_at: null },
  ],
  [
    { converted: true, call_converted_at: had },
    { converted: false, call_converted_at: null },
    { converted: false, call_converted_at: null },
  ],
  [{}, { call_converted_at: sent }, { converted: false, call_converted_at: sent }],
  [
    { converted: true, call_converted_at: had },
    { call_converted_at: sent },
    { converted: true, call_converted_at: sent },
  ],
  [
    { converted: true, call_converted_at: had },
    { call_converted_at: null },
    { converted: true, call_converted_at: null },
  ],
])('a call with %j that is sent %j has %j', async (before, fields, after) => {
  const callLogId = JSON.stringify([before, fields]).slice(0, 128);
  await server.createCall(callLogId, before);
  expect((await server.post(webhook, { call_log_id: callLogId, ...fields })).json.status).toBe('applied');
  expect(await server.readCall(callLogId)).toMatchObject(after);
});

test('a conversion without a time takes the time of receipt, also where its call was live', async () => {
  for (const state of ['completed', 'live']) {
    await server.createCall(`now-${state}`, { state });
    const answer = await server.post(webhook, { call_log_id: `now-${state}`, converted: true });
    const { received_at } = (await server.api('GET', `/postbacks/${answer.json.postback_id}`)).json;
    if (state === 'live') await server.api('POST', `/calls/now-${state}/complete`);
    expect(await server.readCall(`now-${state}`)).toMatchObject({
      converted: true,
      call_converted_at: received_at,
    });
  }
});

test('a repeated conversion keeps the time of the first', async () => {
  await server.createCall('twice');
  const { changes } = (await server.post(webhook, { call_log_id: 'twice', converted: true })).json;
  const second = await server.post(webhook, { call_log_id: 'twice', converted: true });
  expect(second.json).toMatchObject({ status: 'unchanged', changes: {} });
  expect((await server.readCall('twice')).call_converted_at).toBe(changes.call_converted_at.to);
});

test.each([
  { converted: false, call_converted_at: sent },
  { converted: 'no', fields: { call_converted_at: sent } },
])('no conversion with a conversion time is rejected: %j', async (fields) => {
  await server.createCall('CA1', { converted: true, call_converted_at: had });
  const answer = await server.post(webhook, { call_log_id: 'CA1', ...fields });
  expect(answer.json).toMatchObject({
    status: 422,
    code: 'conflicting_field',
    errors: [{ field: 'call_converted_at' }],
  });
  expect(await server.readCall('CA1')).toMatchObject({ converted: true, call_converted_at: had });
});

describe('a conversion long before its call', () => {
  test.each([
    ['1970-01-01T00:00:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-19T09:59:59Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-10T10:00:00Z', '2026-11-20T10:00:00.000Z'],
  ])('%s is rejected for a call that started at %s, with both times', async (sent, started_at) => {
    for (const state of ['completed', 'live']) {
      const id = `early-${sent}-${state}`;
      await server.createCall(id, { state, started_at });
      const answer = await server.post(webhook, {
        call_log_id: id,
        call_converted_at: sent,
        add: { a: '1' },
      });
      expect(answer.json).toMatchObject({ code: 'invalid_value', errors: [{ field: 'call_converted_at' }] });
      expect(answer.json.detail).toContain(new Date(sent).toISOString());
      expect(answer.json.detail).toContain(started_at);
      expect(await server.readCall(id)).toMatchObject({ call_converted_at: null, tags: {} });
    }
  });

  test('is taken up to 24 hours before, and years before a start that was not reported', async () => {
    await server.createCall('early-ok', { started_at: '2026-11-20T10:00:00Z' });
    const post = (call_log_id: string, call_converted_at: string) =>
      server.post(webhook, { call_log_id, call_converted_at });
    expect((await post('early-ok', '2026-11-19T10:00:00Z')).status).toBe(200);
    await server.createCall('early-unknown');
    const yearsAgo = new Date(Date.now() - 900 * 86_400_000).toISOString();
    expect((await post('early-unknown', yearsAgo)).status).toBe(200);
    expect((await post('early-unknown', '1970-01-01T00:00:00Z')).json.code).toBe('invalid_value');
  });
});
