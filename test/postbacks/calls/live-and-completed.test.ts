/** Live calls queue, completed calls change at once. */
import { describe, expect, test } from 'vitest';
import { expectUnbrokenChains } from '../../support/call-chains.ts';
import { type Answer, startTestServer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const send = (callLogId: string, fields: object) =>
  server.post(webhook, { call_log_id: callLogId, ...fields });
const complete = async (callLogId: string) => (await server.api('POST', `/calls/${callLogId}/complete`)).json;
const postbackOf = async (answer: Answer) =>
  (await server.api('GET', `/postbacks/${answer.json.postback_id}`)).json;
const tags = (count: number, name: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, 'v']));

describe('a completed call', () => {
  test('has the update before the answer is there', async () => {
    await server.createCall('done');
    const answer = await send('done', { revenue_paid_out: '5' });
    const rows = await server.database.query(`select revenue_paid_out from call where call_log_id = 'done'`);
    expect(rows).toEqual([{ revenue_paid_out: '5.0000' }]);
    expect(answer).toMatchObject({ status: 200, json: { status: 'applied' } });
  });

  test('answers unchanged when every value already stood', async () => {
    await server.createCall('same', { revenue_paid_out: '5', reason: 'r', tags: { k: 'v' } });
    const fields = {
      revenue_paid_out: '5.000',
      reason: ' r ',
      converted: false,
      add: { k: 'v' },
      remove: ['x'],
    };
    expect(await send('same', fields)).toMatchObject({
      status: 200,
      json: { status: 'unchanged', changes: {} },
    });
  });

  test.each(['completed', 'busy', 'no-answer', 'failed', 'canceled'])(
    'is completed whatever its end was: %s',
    async (end_status) => {
      await server.createCall(`end-${end_status}`, { state: 'live' });
      await server.api('POST', `/calls/end-${end_status}/complete`, { end_status });
      expect((await send(`end-${end_status}`, { publisher_paid_out: '1' })).json.status).toBe('applied');
    },
  );
});

describe('a live call', () => {
  test('queues and shows nothing of it until it completes', async () => {
    await server.createCall('live', { state: 'live', reason: 'before' });
    const answer = await send('live', { reason: 'after', revenue_paid_out: '5', add: { k: 'v' } });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ status: 'queued', call_log_id: 'live', changes: {} });
    expect(await server.readCall('live')).toMatchObject({
      ...{ reason: 'before', revenue_paid_out: null, tags: {}, queued_updates: 1 },
    });
    expect(await postbackOf(answer)).toMatchObject({ status: 'queued', applied_at: null, changes: {} });
    expect(await complete('live')).toMatchObject({
      ...{
        state: 'completed',
        reason: 'after',
        revenue_paid_out: '5.00',
        tags: { k: 'v' },
        queued_updates: 0,
      },
    });
    const { applied_at, ...applied } = await postbackOf(answer);
    expect(applied).toMatchObject({
      status: 'applied',
      changes: { reason: { from: 'before', to: 'after' } },
    });
    expect(applied_at).toEqual(expect.any(String));
  });

  test('applies what it queued in the order of receipt', async () => {
    await server.createCall('order', { state: 'live' });
    for (const at of [1, 2, 3, 4, 5]) {
      await send('order', {
        reason: `reason ${at}`,
        add: { [`k${at}`]: 'v', last: String(at) },
        remove: `k${at - 1}`,
      });
    }
    expect(await complete('order')).toMatchObject({ reason: 'reason 5', tags: { k5: 'v', last: '5' } });
    const { items } = (await server.api('GET', '/calls/order/timeline')).json;
    const changes = items
      .map((item: { changes: { reason?: object } }) => item.changes.reason)
      .filter(Boolean);
    expect(changes).toEqual([
      { from: null, to: 'reason 1' },
      { from: 'reason 1', to: 'reason 2' },
      { from: 'reason 2', to: 'reason 3' },
      { from: 'reason 3', to: 'reason 4' },
      { from: 'reason 4', to: 'reason 5' },
    ]);
  });

  test('calls a queued update unchanged where its values stood by then', async () => {
    await server.createCall('moot', { state: 'live' });
    const answers = [await send('moot', { reason: 'same' }), await send('moot', { reason: 'same' })];
    await complete('moot');
    const postbacks = await Promise.all(answers.map(postbackOf));
    expect(postbacks.map(({ status }) => status)).toEqual(['applied', 'unchanged']);
  });

  test('rejects at its completion what no longer fits into 200 tags, and nothing else', async () => {
    await server.createCall('full', { state: 'live', tags: tags(150, 'old') });
    const first = await send('full', { reason: 'first', add: tags(40, 'a') });
    const tooMuch = await send('full', { reason: 'too much', revenue_paid_out: '9', add: tags(40, 'b') });
    const last = await send('full', { add: { c: 'v' }, publisher_paid_out: undefined, converted: true });
    expect([first.status, tooMuch.status, last.status]).toEqual([202, 202, 202]);

    const call = await complete('full');
    expect(call).toMatchObject({
      state: 'completed',
      reason: 'first',
      revenue_paid_out: null,
      converted: true,
    });
    expect(Object.keys(call.tags)).toHaveLength(191);
    const rejected = await postbackOf(tooMuch);
    expect(rejected).toMatchObject({
      status: 'rejected',
      code: 'too_many_tags',
      applied_at: null,
      changes: {},
    });
    expect(rejected.errors).toMatchObject([{ field: 'add', code: 'too_many_tags' }]);
    expect((await postbackOf(first)).status).toBe('applied');
    expect((await postbackOf(last)).status).toBe('applied');
    const { items } = (await server.api('GET', '/calls/full/timeline')).json;
    expect(items).toContainEqual(
      expect.objectContaining({
        postback_id: tooMuch.json.postback_id,
        status: 'rejected',
        code: 'too_many_tags',
      }),
    );
  });

  test('rejects completed-only fields by name, and nothing of the request is queued', async () => {
    await server.createCall('not-yet', { state: 'live' });
    const answer = await send('not-yet', {
      ...{ converted: true, reason: 'r', add: { k: 'v' } },
      ...{ publisher_paid_out: '3', no_payout_reason: 'caps_exceeded' },
    });
    expect(answer.json).toMatchObject({ status: 409, code: 'call_not_completed' });
    expect(answer.json.errors).toMatchObject([
      { field: 'publisher_paid_out', code: 'call_not_completed' },
      { field: 'no_payout_reason', code: 'call_not_completed' },
    ]);
    const release = await send('not-yet', { no_payout_reason: null });
    expect(release.json).toMatchObject({ status: 409, errors: [{ field: 'no_payout_reason' }] });
    expect(await server.readCall('not-yet')).toMatchObject({ queued_updates: 0 });
    expect(await complete('not-yet')).toMatchObject({ converted: false, reason: null, tags: {} });
  });

  test('takes all other fields', async () => {
    await server.createCall('others', { state: 'live' });
    const fields = {
      converted: true,
      call_converted_at: '2026-01-02T03:04:05Z',
      revenue_paid_out: '1',
      reason: 'r',
    };
    expect((await send('others', { ...fields, add: { k: 'v' }, remove: 'x' })).status).toBe(202);
  });

  test('matched by its number queues too', async () => {
    await server.createCall('ringing', { state: 'live', phone_number: '+12125550142' });
    const answer = await server.post(webhook, { phone_number: '212-555-0142', converted: true });
    expect(answer).toMatchObject({
      status: 202,
      json: { status: 'queued', call_log_id: 'ringing', candidates: 1 },
    });
    expect((await complete('ringing')).converted).toBe(true);
  });
});

test('a postback that races with the completion is never lost and never applied twice', async () => {
  const rounds = Array.from({ length: 15 }, (_, at) => `race${at}`);
  await Promise.all(
    rounds.map(async (callLogId) => {
      await server.createCall(callLogId, { state: 'live' });
      const sending = Array.from({ length: 6 }, (_, at) => send(callLogId, { add: { [`k${at}`]: 'v' } }));
      const [answers] = await Promise.all([Promise.all(sending), complete(callLogId)]);
      const seen = answers.map(({ status, json }) => `${status} ${json.status}`);
      expect(seen.every((answer) => ['202 queued', '200 applied'].includes(answer))).toBe(true);
      const call = await server.readCall(callLogId);
      expect(call).toMatchObject({ state: 'completed', tags: tags(6, 'k'), queued_updates: 0 });
      const { items } = (await server.api('GET', `/calls/${callLogId}/timeline`)).json;
      const applied = items.filter(({ status }: { status?: string }) => status === 'applied');
      expect(applied).toHaveLength(6);
    }),
  );
});

test('a queued update survives a restart', async () => {
  const { database } = server;
  const first = await startTestServer({ databaseUrl: database.url });
  await first.createCall('restart', { state: 'live' });
  expect((await first.post(webhook, { call_log_id: 'restart', reason: 'kept' })).status).toBe(202);
  await first.stop();
  const second = await startTestServer({ databaseUrl: database.url });
  const completed = await second.api('POST', '/calls/restart/complete');
  expect(completed.json).toMatchObject({ reason: 'kept', queued_updates: 0 });
  await second.stop();
});

test('every change above begins where another one ended, up to what the calls have now', async () => {
  expect(await expectUnbrokenChains(server.database.query)).toBeGreaterThan(0);
});
