/**
 * On Citus alone: the last of the workers is stopped under load and started again. It stops for other tests too, so this
 * file runs separately, where the commands are given that do so (docs/scaling.md).
 */
import { spawnSync } from 'node:child_process';
import { expect, inject, onTestFinished, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { addUp, tell, pollTimeoutMs as timeout, timeoutMs, times } from '../faults/faults.ts';
import { addAccount } from '../support/accounts.ts';
import { workerPortOf } from '../support/database/citus.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startReceiver } from '../support/programs/receiver.ts';
import { TestServer } from '../support/server.ts';
import { makeDataDir } from '../support/server-process.ts';

const commands = {
  stop: process.env['CITUS_WORKER_STOP'] ?? '',
  start: process.env['CITUS_WORKER_START'] ?? '',
};

function runCommand(name: keyof typeof commands): void {
  // Not a pipe, which the started server would hold open.
  const { status } = spawnSync(commands[name], { shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
  expect(status, commands[name]).toBe(0);
}

/** The account of the settings or a new one, which is on this worker. */
async function accountOn(port: number, server: TestServer, { query }: TestDatabase): Promise<TestServer> {
  for (let count = 0; count < 50; count += 1) {
    const account = await addAccount(server, `on ${port} ${count}`);
    if ((await workerPortOf(query, account.accountId)) === port) return account.server;
  }
  throw new Error(`no account is on the worker at port ${port}`);
}

/** Acknowledged postbacks a second, over all times between `begin` and `end`. */
class Speed {
  readonly #load: Load;
  #begun = { atMs: 0, count: 0 };
  #ms = 0;
  #count = 0;

  constructor(load: Load) {
    this.#load = load;
  }

  begin(): void {
    this.#begun = { atMs: performance.now(), count: this.#load.acknowledged };
  }

  end(): void {
    this.#ms += performance.now() - this.#begun.atMs;
    this.#count += this.#load.acknowledged - this.#begun.count;
  }

  toString(): string {
    return String(Math.round((this.#count * 1_000) / this.#ms));
  }
}

test('a worker that is killed under load loses nothing and does nothing twice, and accounts of other workers go on', {
  timeout: timeoutMs,
}, async (context) => {
  const ports = inject('citusWorkers').map((url) => Number(new URL(url).port));
  const [other = 0, killed = 0] = [ports[0], ports.at(-1)];
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const settings = { DATABASE_URL: database.url, OUTGOING_ALLOWED_NETWORKS: '127.0.0.0/8' };
  const { start } = await makeDataDir(settings);
  const app = start();
  const { url, token } = await app.listening;
  const server = new TestServer(url, database, token, async () => {});
  const [away, there] = [await accountOn(killed, server, database), await accountOn(other, server, database)];
  const receiver = await startReceiver();
  const hook = { name: 'there', url: receiver.url, events: ['call.created'] };
  expect((await there.api('POST', '/webhooks/outgoing', hook)).status).toBe(201);
  const loads = [await Load.prepare(away, 'away'), await Load.prepare(there, 'there')] as const;
  const running = loads.map((load, at) => load.run(at === 0 ? away : there, 'go on'));
  const [loadAway, loadThere] = loads;
  const speeds = { up: new Speed(loadThere), down: new Speed(loadThere) };
  const kills = times(2, 10);
  onTestFinished(() => runCommand('start'));
  for (let kill = 0; kill < kills; kill += 1) {
    const before = loads.map(({ acknowledged }) => acknowledged);
    const bothGoOn = () => loads.every(({ acknowledged }, at) => acknowledged > (before[at] ?? 0) + 200);
    speeds.up.begin();
    await expect.poll(bothGoOn, { timeout }).toBe(true);
    speeds.up.end();
    runCommand('stop');
    speeds.down.begin();
    const [downFrom, rejections] = [loadThere.acknowledged, loadAway.rejections.length];
    await expect.poll(() => loadAway.rejections.length, { timeout }).toBeGreaterThan(rejections + 16);
    // The operator of the other account works, and its events are sent.
    const call_log_id = `made while it was away ${kill}`;
    expect((await there.api('POST', '/calls', { call_log_id })).status).toBe(201);
    expect((await there.api('GET', '/calls')).status).toBe(200);
    expect((await there.request('/readyz')).status).toBe(200);
    const isTold = () => receiver.received.some(({ json }) => json.call.call_log_id === call_log_id);
    await expect.poll(isTold, { timeout }).toBe(true);
    await expect.poll(() => loadThere.acknowledged, { timeout }).toBeGreaterThan(downFrom + 200);
    speeds.down.end();
    runCommand('start');
    const back = loadAway.acknowledged;
    await expect.poll(() => loadAway.acknowledged, { timeout }).toBeGreaterThan(back + 200);
  }
  for (const load of loads) load.stop();
  await Promise.all(running);
  loadAway.expectHonestRejections();
  expect(loadThere.rejections).toEqual([]);
  await loadAway.settle(away);
  const taken = [
    await loadAway.expectAllTaken(away, database.query, 0),
    await loadThere.expectAllTaken(there, database.query, 0),
  ];
  tell(
    context,
    `${kills} × kill -9 of a worker of Citus`,
    addUp(taken),
    `; ${loadAway.rejections.length} × 503 for its account; the other one: ${speeds.down} postbacks/s meanwhile, ${speeds.up} before`,
  );
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
});
