/** A full queue, and a shutdown: every postback gets a response, and every response is true. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { passwordCost } from '../../../src/core/access/password.ts';
import { hashSecret } from '../../../src/core/access/secret.ts';
import { createMetrics } from '../../../src/http/metrics/metrics.ts';
import { PostbackLines } from '../../../src/http/postbacks/postback-lines.ts';
import { InvalidKeys } from '../../../src/http/postbacks/rejections/invalid-keys.ts';
import { createApp } from '../../../src/http/server/app.ts';
import { startOutgoing } from '../../../src/jobs/outgoing/outgoing.ts';
import { createLog } from '../../../src/log.ts';
import {
  createTestDatabase,
  holdLock,
  lockOfCalls,
  type TestDatabase,
  waitingForLocks,
} from '../../support/database.ts';
import { startTestServerOn } from '../../support/server.ts';
import { startTestWriter, tester } from '../../support/test-writer.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const lockCalls = async (...ids: string[]) => holdLock(database, await lockOfCalls(database, ids));

test('a full queue is answered with 503 and Retry-After, and what it contains is done', async () => {
  const small = await startTestWriter(database.url, { queueMax: 3 });
  const { store, writer, accountId } = small;
  await small.createCalls(['full']);
  const settings = { name: 'Full', type: 'update_fields', matchWindowHours: 1, matchRule: 'latest' } as const;
  await store.createWebhook(accountId, settings, hashSecret('key-of-the-full-one'), tester);
  const outgoing = startOutgoing({
    store,
    ...{ allowedNetworks: [], log: createLog('silent'), onAttempt() {}, findAttention: async () => [] },
  });
  onTestFinished(outgoing.stop);
  const app = await createApp({
    presets: new Map(),
    store,
    outgoing,
    writer,
    metrics: createMetrics(),
    invalidKeys: new InvalidKeys(() => performance.now()),
    lines: new PostbackLines(createLog('silent'), 'none'),
    log: createLog('silent'),
    publicUrl: () => 'http://localhost',
    twilioAuthToken: null,
    openId: null,
    mailer: null,
    passwordCost,
    trustedProxies: null,
    uiFolder: null,
  });
  const send = (tag: number) =>
    app.inject(
      `/update-fields?auth_key=key-of-the-full-one&call_log_id=full&add=t${tag}&transaction_id=${tag}`,
    );

  const lock = await lockCalls('full');
  const taken = [0, 1, 2].map(send);
  await expect.poll(() => writer.depth).toBe(3);
  const rejected = await send(3);
  expect(rejected.statusCode).toBe(503);
  expect(rejected.json()).toMatchObject({ code: 'store_unavailable' });
  expect(Number(rejected.headers['retry-after'])).toBeGreaterThan(0);
  await lock.release();
  expect((await Promise.all(taken)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect((await send(3)).json()).toMatchObject({ status: 'applied', duplicate: false });
  expect(await database.query(`select tags from call where call_log_id = 'full'`)).toEqual([
    { tags: { t0: 'true', t1: 'true', t2: 'true', t3: 'true' } },
  ]);
  await app.close();
  await small.close();
});

test('a server that stops answers what it has accepted, takes no more, and all that it answered is done', async () => {
  const server = await startTestServerOn(database, {}, 1);
  const webhook = await server.createWebhook();
  const ids = ['stop 1', 'stop 2', 'stop 3', 'stop 4'];
  for (const id of ids) await server.createCall(id);
  const lock = await lockCalls(...ids);
  const waiting = ids.map((call_log_id) => server.post(webhook, { call_log_id, reason: 'in time' }));
  await expect.poll(async () => (await waitingForLocks(database)).length).toBeGreaterThan(0);
  await expect.poll(async () => (await server.request('/metrics')).text).toContain('ringback_queue_depth 4');

  let isStopped = false;
  const stopping = server.stop().then(() => {
    isStopped = true;
  });
  const late = await server.post(webhook, { call_log_id: 'stop 1', revenue_paid_out: 1 }).then(
    ({ status }) => status,
    () => 'connection rejected',
  );
  expect([503, 'connection rejected']).toContain(late);
  expect(isStopped).toBe(false);
  await lock.release();
  const answers = await Promise.all(waiting);
  expect(answers.map(({ status, json }) => [status, json.status])).toEqual(Array(4).fill([200, 'applied']));
  const answeredAt = performance.now();
  await stopping;
  // Their connections are closed then, although the clients would keep them.
  expect(performance.now() - answeredAt).toBeLessThan(4_000);
  expect(
    await database.query(
      `select call_log_id, reason, revenue_paid_out from call where call_log_id like 'stop%' order by 1`,
    ),
  ).toEqual(ids.map((call_log_id) => ({ call_log_id, reason: 'in time', revenue_paid_out: null })));
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});
