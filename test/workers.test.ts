import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startTestServer, useServer, useWebhook } from './support/server.ts';

const listening: Worker[] = [];
cluster.on('listening', (worker) => listening.push(worker));
const server = useServer({}, 2);
const webhook = useWebhook(server);

async function readMetric(name: string): Promise<number> {
  const { text } = await server.request('/metrics');
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('two workers answer on one port, and repeats that reach both have one effect', async () => {
  await server.createCall('W1');
  const body = { call_log_id: 'W1', revenue_paid_out: 5, transaction_id: 'w1' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => server.post(webhook, body, { connection: 'close' })),
  );
  expect(answers.filter((answer) => answer.json.duplicate === false)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.json.postback_id)).size).toBe(1);
});

test('metrics are those of all workers together', async () => {
  const before = await readMetric('ringback_postbacks_total');
  await server.createCall('W2');
  await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      server.post(webhook, { call_log_id: 'W2', revenue_paid_out: at }, { connection: 'close' }),
    ),
  );
  expect(await readMetric('ringback_postbacks_total')).toBe(before + 20);
});

test('a webhook that is paused through one worker is rejected by all at once', async () => {
  const paused = await server.createWebhook();
  await server.createCall('W3');
  const send = () =>
    server.post(paused, { call_log_id: 'W3', reason: 'seen by every worker' }, { connection: 'close' });
  await Promise.all(Array.from({ length: 10 }, send)); // now each worker remembers the key
  await server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: true });
  const answers = await Promise.all(Array.from({ length: 10 }, send));
  expect(answers.map((answer) => answer.json.code)).toEqual(Array(10).fill('webhook_paused'));
});

/** Kills a worker, and returns before this process has heard of it. */
function killWorker(): Worker {
  const worker = Object.values(cluster.workers ?? {}).at(-1);
  const pid = worker?.process.pid;
  if (worker === undefined || pid === undefined) throw new Error('there is no worker');
  process.kill(pid, 'SIGKILL');
  const isZombie = () => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  // Its channel is closed with the last of its threads.
  while (!isZombie() || readdirSync(`/proc/${pid}/task`).length > 1);
  return worker;
}

/** Workers that listen; what is replaced takes a moment. */
async function expectTwo(): Promise<void> {
  const count = () => listening.filter((one) => one.isConnected()).length;
  await expect.poll(count).toBe(2);
  expect((await server.request('/readyz')).status).toBe(200);
}

test('a worker that dies while it is written to is replaced, and ends no other process', async () => {
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  const dead = killWorker();
  dead.emit('message', { ringback: 'readMetrics', request: 0 });
  await expect.poll(() => dead.isDead()).toBe(true);
  await expectTwo();
  expect(failures).toEqual([]);
});

test('a worker that the machine cannot start is tried again', async () => {
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  const { cwd } = cluster.settings;
  cluster.setupPrimary({ cwd: '/no/such/folder' });
  const forked = once(cluster, 'fork');
  killWorker();
  await forked;
  cluster.setupPrimary({ cwd: cwd ?? process.cwd() });
  await expectTwo();
  expect(failures).toEqual([]);
});

test('a stop waits for its workers also where one has just died', async () => {
  const own = await startTestServer({}, 2);
  const dead = killWorker();
  await own.stop();
  expect(dead.isDead()).toBe(true);
});
