import { expect, test } from 'vitest';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from '../faults/faults.ts';
import type { TestServer } from '../support/server.ts';
import { makeDataDir, readPostmaster } from '../support/server-process.ts';
import { Load } from './load.ts';

/** An operator's script that goes on all the while. @returns every status that it saw, when told to stop */
function watch(server: TestServer): { stop(): Promise<number[]> } {
  let isStopped = false;
  const statuses: number[] = [];
  const watching = (async () => {
    while (!isStopped) {
      const answers = await Promise.all([
        server.api('GET', '/calls'),
        server.api('POST', '/calls', { call_log_id: 'watched', campaign: `seen ${statuses.length}` }),
        server.request('/readyz'),
        server.request('/metrics'),
      ]);
      statuses.push(...answers.map(({ status }) => status));
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await watching;
      return statuses;
    },
  };
}

test('a database that is killed under load is back automatically, and every answer in between is true', {
  timeout: timeoutMs,
}, async (context) => {
  const { dataDir, start, query } = await makeDataDir();
  const app = start();
  const server = await app.listening;
  const load = await Load.prepare(server);
  const watching = watch(server);
  const running = load.run(server);
  for (let kills = 1; kills <= times(2, 50); kills += 1) {
    const before = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(before + 200);
    const killed = await readPostmaster(dataDir);
    expect(killed).not.toBeNull();
    process.kill(killed?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(async () => (await server.request('/readyz')).status, { timeout, interval: 5 })
      .toBe(503);
    await expect.poll(async () => (await server.request('/readyz')).status, { timeout }).toBe(200);
    const back = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(back + 200);
  }
  load.stop();
  await running;
  const statuses = await watching.stop();
  load.expectHonestRejections();
  expect(statuses.filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
  await load.settle(server);
  const taken = await load.expectAllTaken(server, query, 0);
  const answers = `${load.rejections.length} × 503 and ${statuses.length} true answers to an operator meanwhile`;
  tell(context, `${times(2, 50)} × kill -9 of PostgreSQL, back automatically`, taken, `; ${answers}`);
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
});
