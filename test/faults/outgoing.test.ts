/**
 * Two servers on one database, killed again and again, and a receiver that fails in every way: every event arrives, once
 * after deduplication by webhook-id, in the order of its call.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startReceiver } from '../support/programs/receiver.ts';
import type { TestServer, TestWebhook } from '../support/server.ts';
import { makeDataDir, type ServerProcess } from '../support/server-process.ts';
import { pollTimeoutMs, timeoutMs, times } from './faults.ts';

const kills = times(2, 50);
const calls = times(20, 200);
const eventsPerCall = times(10, 50);

test('no event is lost, doubled or out of order', { timeout: timeoutMs }, async (context) => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const settings = { DATABASE_URL: database.url, OUTGOING_ALLOWED_NETWORKS: '127.0.0.0/8' };
  const folders = [await makeDataDir(settings), await makeDataDir(settings)];
  const processes = folders.map((folder) => folder.start());
  const servers: TestServer[] = await Promise.all(processes.map(({ listening }) => listening));
  const [first] = servers;
  if (first === undefined) throw new Error('there are two');

  const receiver = await startReceiver();
  const accepted = new Map<string, { call: string; amount: string; sequence: number }>();
  let requests = 0;
  receiver.answer(({ headers, json }, response) => {
    requests += 1;
    const fault = requests % 23;
    if (fault === 3) return void response.writeHead(500).end();
    if (fault === 7) return void response.socket?.destroy();
    if (fault === 11) return void response.writeHead(302, { location: '/elsewhere' }).end();
    if (fault === 13) return void response.writeHead(429, { 'retry-after': '1' }).end();
    const id = String(headers['webhook-id']);
    const event = {
      call: json.call.call_log_id,
      amount: json.call.revenue_paid_out,
      sequence: json.sequence,
    };
    if (!accepted.has(id)) accepted.set(id, event);
    if (fault === 17) return void response.socket?.destroy(); // taken, without a response
    response.end();
  });
  const body = { name: 'faults', url: receiver.url, events: ['call.revenue_changed'] };
  expect((await first.api('POST', '/webhooks/outgoing', body)).status).toBe(201);
  const incoming = await first.createWebhook();
  for (let at = 0; at < calls; at += 1) await first.createCall(`call ${at}`);

  const [{ account_id: accountId } = {}] = await database.query('select account_id from account');
  let isLoading = true;
  const load = Promise.all(
    Array.from({ length: calls }, async (_one, call) => {
      for (let n = 1; n <= eventsPerCall; n += 1) await postUntilTaken(servers, incoming, `call ${call}`, n);
    }),
  ).finally(() => {
    isLoading = false;
  });
  // As if the waits after failures had passed. Leases of servers that were killed end by themselves.
  const skipping = (async () => {
    while (isLoading || accepted.size < calls * eventsPerCall) {
      await database.query(
        `update delivery set next_attempt_at = now() where account_id = $1 and delivery_id in (select delivery_id
           from delivery where account_id = $1 and status = 'pending' and lease_id is null and next_attempt_at > now()
           for no key update skip locked)`,
        [accountId],
      );
      await sleep(200);
    }
  })();
  for (let kill = 0; kill < kills; kill += 1) {
    const before = accepted.size;
    await expect.poll(() => accepted.size > before || !isLoading, { timeout: 60_000 }).toBe(true);
    const at = kill % 2;
    await (processes[at] as ServerProcess).end('SIGKILL'); // there are two
    const again = folders[at]?.start();
    if (again === undefined) throw new Error('there are two');
    processes[at] = again;
    servers[at] = await again.listening;
  }
  await load;
  // However long it takes: an event that is lost or stuck is one that does not come while no other does either.
  while (accepted.size < calls * eventsPerCall) {
    const before = accepted.size;
    await expect.poll(() => accepted.size, { timeout: pollTimeoutMs }).toBeGreaterThan(before);
  }
  await skipping;
  for (let call = 0; call < calls; call += 1) {
    const ofCall = [...accepted.values()].filter((event) => event.call === `call ${call}`);
    expect(ofCall.map(({ amount }) => Number(amount))).toEqual(ofCall.map((_event, at) => at + 1));
    expect(ofCall.map(({ sequence }) => sequence)).toEqual(ofCall.map((_event, at) => at + 1));
  }
  context.task.meta.summary = `${kills} × kill -9 of one of two servers; ${accepted.size} events, each once after deduplication, in order per call (${requests} requests)`;
  await Promise.all(processes.map((one) => one.end('SIGTERM')));
});

/** As a sender does: again with the same transaction id, to whichever server is there, until one of them answers. */
async function postUntilTaken(
  servers: TestServer[],
  webhook: TestWebhook,
  call: string,
  n: number,
): Promise<void> {
  const update = { call_log_id: call, revenue_paid_out: n, transaction_id: `${call} ${n}` };
  for (let tries = 0; ; tries += 1) {
    const server = servers[(n + tries) % 2];
    const answer = await server?.post(webhook, update).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
}
