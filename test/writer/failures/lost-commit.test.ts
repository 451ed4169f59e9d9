/** The database goes away, before, during and after a commit: what the sender is told is what is true. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CommitFate, DatabaseProxy } from '../../support/database/database-proxy.ts';
import { createTestDatabase, type TestDatabase, waitingForLocks } from '../../support/database.ts';
import { startTestServerOn, type TestServer, type TestWebhook } from '../../support/server.ts';

let database: TestDatabase;
let proxy: DatabaseProxy;
let server: TestServer;
let webhook: TestWebhook;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await DatabaseProxy.start(database.url);
  server = await startTestServerOn(database, { databaseUrl: proxy.url }, 1);
  webhook = await server.createWebhook();
  await server.createCall('done', { revenue_paid_out: 1 });
  await server.createCall('live', { state: 'live' });
});

afterEach(async () => {
  await server.stop();
  await proxy.stop();
  await database.drop();
});

function countLogged(): Promise<Record<string, unknown>[]> {
  return database.query('select call_log_id, status, count(*)::int from postback group by 1, 2 order by 1');
}

test.each<CommitFate>(['lost', 'unanswered', 'late'])(
  'a commit that is %s is done exactly once, and answered as if nothing had been',
  async (fate) => {
    const send = (call_log_id: string, more: object) => server.post(webhook, { call_log_id, ...more });
    await send('done', { reason: 'opens the connections' });
    proxy.spoilCommits(fate);
    const sending = send('done', { revenue_paid_out: '2.50', transaction_id: 't1' });
    if (fate === 'late') {
      // The retry has looked for the postback, has not found it, and waits for the call that the late commit still holds.
      await expect.poll(async () => (await waitingForLocks(database)).length).toBe(1);
      proxy.deliverLate();
    }
    const answer = await sending;
    expect(answer).toMatchObject({
      status: 200,
      json: {
        status: 'applied',
        duplicate: false,
        changes: { revenue_paid_out: { from: '1.00', to: '2.50' } },
      },
    });
    proxy.spoilCommits(fate === 'late' ? 'lost' : fate);
    expect(await send('live', { reason: 'later' })).toMatchObject({
      status: 202,
      json: { status: 'queued' },
    });
    expect(await send('done', { revenue_paid_out: '2.50', transaction_id: 't1' })).toMatchObject({
      status: 200,
      json: { ...answer.json, duplicate: true },
    });
    expect(await countLogged()).toEqual([
      { call_log_id: 'done', status: 'applied', count: 2 },
      { call_log_id: 'live', status: 'queued', count: 1 },
    ]);
    expect(await server.readCall('done')).toMatchObject({ revenue_paid_out: '2.50' });
  },
);

test('a database that stays away is answered with 503 and nothing is done; when it is back, so is the service', async () => {
  const body = { call_log_id: 'done', revenue_paid_out: 5, transaction_id: 't1' };
  await server.post(webhook, { call_log_id: 'done', reason: 'opens the connections' });
  proxy.goDown();
  const answers = await Promise.all([
    server.post(webhook, body),
    server.request(`/update-fields.gif?auth_key=${webhook.auth_key}&call_log_id=done&converted=1`),
    server.request('/update-fields?call_log_id=done&converted=1&auth_key=never-seen-before'),
    server.api('GET', '/calls/done'),
  ]);
  for (const { status, headers } of answers) {
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(answers[0]?.json).toMatchObject({ code: 'store_unavailable', postback_id: expect.any(String) });
  proxy.comeBack();
  expect(await server.readCall('done')).toMatchObject({ revenue_paid_out: '1.00', converted: false });
  expect(await server.post(webhook, body)).toMatchObject({ status: 200, json: { duplicate: false } });
  expect(await countLogged()).toEqual([{ call_log_id: 'done', status: 'applied', count: 2 }]);
});

test.each([
  ['unanswered', 'completed'],
  ['lost', 'live'],
] as const)(
  'the operator is told that the outcome of a commit that is %s is not known, and the call then says it',
  async (fate, state) => {
    proxy.spoilCommits(fate);
    const unknown = await server.api('POST', '/calls/live/complete');
    expect(unknown).toMatchObject({ status: 503, json: { code: 'outcome_unknown' } });
    expect(Number(unknown.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await server.readCall('live')).toMatchObject({ state });
    expect(await server.api('POST', '/calls/live/complete')).toMatchObject({ status: 200 });
    expect(await server.readCall('live')).toMatchObject({ state: 'completed' });
  },
);

test.each([
  ['unanswered', true],
  ['lost', false],
] as const)(
  'a database that goes away with a commit (%s) is told as unknown; the same transaction id then tells',
  async (fate, isDone) => {
    const send = () =>
      server.post(webhook, { call_log_id: 'done', revenue_paid_out: 7, transaction_id: 't1' });
    proxy.goDownWithCommit(fate);
    const unknown = await send();
    expect(unknown).toMatchObject({ status: 503, json: { code: 'outcome_unknown' } });
    expect(Number(unknown.headers.get('retry-after'))).toBeGreaterThan(0);
    proxy.comeBack();
    expect(await send()).toMatchObject({ status: 200, json: { status: 'applied', duplicate: isDone } });
    expect(await countLogged()).toEqual([{ call_log_id: 'done', status: 'applied', count: 1 }]);
  },
);
