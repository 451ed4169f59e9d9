/** A dry run does everything but the change. */
import { describe, expect, test } from 'vitest';
import { encodings, sendAs } from '../support/senders.ts';
import { useServer, useWebhook } from '../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

/** Everything that a change would show in, but the log. */
async function stateOf(callLogId: string) {
  const [call, timeline] = await Promise.all([
    server.readCall(callLogId),
    server.api('GET', `/calls/${callLogId}/timeline`),
  ]);
  return { call, timeline: timeline.json.items };
}

test.each(encodings)('answers by %s as the real postback would, and changes nothing', async (encoding) => {
  const callLogId = `CA${encodings.indexOf(encoding)}`;
  await server.createCall(callLogId, { tags: { old: '1' }, reason: 'before' });
  const before = await stateOf(callLogId);
  const payload = { call_log_id: callLogId, revenue_paid_out: '5', reason: 'after', add: { k: 'v' }, x: '1' };
  const dry = await sendAs(server, webhook, encoding, { ...payload, dry_run: true });
  expect(dry.headers.get('x-postback-status')).toBe('applied');
  expect(await stateOf(callLogId)).toEqual(before);
  const real = await sendAs(server, webhook, encoding, payload);
  expect(dry.status).toBe(real.status);
  expect(dry.json).toEqual({ ...real.json, postback_id: dry.json.postback_id, dry_run: true });
  expect(real.json).not.toHaveProperty('dry_run');
});

test('queues nothing on a live call', async () => {
  await server.createCall('live', { state: 'live' });
  const answer = await server.post(webhook, { call_log_id: 'live', reason: 'r', dry_run: true });
  expect(answer).toMatchObject({ status: 202, json: { status: 'queued', dry_run: true } });
  expect((await server.readCall('live')).queued_updates).toBe(0);
  const completed = await server.api('POST', '/calls/live/complete');
  expect(completed.json).toMatchObject({ state: 'completed', reason: null });
});

test('remembers no transaction id', async () => {
  await server.createCall('forgotten');
  const body = { call_log_id: 'forgotten', transaction_id: 'T1' };
  for (const reason of ['a', 'b']) {
    const dry = await server.post(webhook, { ...body, reason, dry_run: true });
    expect(dry.json).toMatchObject({ status: 'applied', duplicate: false, dry_run: true });
  }
  const real = await server.post(webhook, { ...body, reason: 'c' });
  expect(real.json).toMatchObject({ status: 'applied', duplicate: false });
});

test('remembers no transaction id for a real postback that arrives with it', async () => {
  await server.createCall('together');
  const body = { call_log_id: 'together', transaction_id: 'T3', reason: 'r' };
  const dry = () => server.post(webhook, { ...body, dry_run: true });
  const answers = await Promise.all([dry(), dry(), server.post(webhook, body), dry()]);
  expect(answers[2]?.json).toMatchObject({ status: 'applied', duplicate: false });
  expect((await server.readCall('together')).reason).toBe('r');
});

test('tells a repeat and a reused id of a real postback', async () => {
  await server.createCall('real');
  const body = { call_log_id: 'real', transaction_id: 'T2', reason: 'a' };
  const real = await server.post(webhook, body);
  const repeat = await server.post(webhook, { ...body, dry_run: true });
  expect(repeat.json).toEqual({ ...real.json, duplicate: true, dry_run: true });
  const reused = await server.post(webhook, { ...body, reason: 'b', dry_run: true });
  expect(reused.json).toMatchObject({ status: 409, code: 'transaction_id_reused', dry_run: true });
});

describe('the same checks', () => {
  test.each([
    [404, 'call_not_found', { call_log_id: 'nope', reason: 'r' }],
    [404, 'no_call_in_window', { phone_number: '+12125559999', reason: 'r' }],
    [409, 'call_not_completed', { call_log_id: 'still live', publisher_paid_out: '1' }],
    [422, 'invalid_value', { call_log_id: 'still live', converted: 'maybe' }],
    [422, 'no_updates', { call_log_id: 'still live' }],
    [422, 'call_not_identified', { reason: 'r' }],
  ])('answer %i %s', async (status, code, body) => {
    await server.createCall('still live', { state: 'live' });
    const answer = await server.post(webhook, { ...body, dry_run: 'yes' });
    expect(answer.json).toMatchObject({ status, code, dry_run: true });
  });
});

test('is marked in the log', async () => {
  await server.createCall('logged');
  const dry = await server.post(webhook, { call_log_id: 'logged', reason: 'r', dry_run: true });
  const { json } = await server.api('GET', `/postbacks/${dry.json.postback_id}`);
  expect(json).toMatchObject({ status: 'applied', dry_run: true, applied_at: null });
});

test('shapes no later event: what it named is not an override', async () => {
  await server.createCall('late');
  await server.post(webhook, { call_log_id: 'late', reason: 'dry', dry_run: true });
  expect(await server.createCall('late', { reason: 'late event' })).toMatchObject({ reason: 'late event' });
});

test.each(['maybe', 2, [], { yes: true }])(
  'dry_run as %j is rejected, and nothing is changed',
  async (dry_run) => {
    await server.createCall('unclear');
    const answer = await server.post(webhook, { call_log_id: 'unclear', reason: 'r', dry_run });
    expect(answer.json).toMatchObject({ status: 422, errors: [{ field: 'dry_run', code: 'invalid_value' }] });
    expect((await server.readCall('unclear')).reason).toBeNull();
  },
);

test.each([false, 'no', '', null])('dry_run as %j is a real postback', async (dry_run) => {
  await server.createCall(`real ${dry_run}`);
  const answer = await server.post(webhook, { call_log_id: `real ${dry_run}`, reason: 'r', dry_run });
  expect(answer.json).not.toHaveProperty('dry_run');
  expect((await server.readCall(`real ${dry_run}`)).reason).toBe('r');
});
