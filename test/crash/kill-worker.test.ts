import cluster from 'node:cluster';
import { expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { Load } from './load.ts';

test('a worker that is killed under load is replaced; nothing that it acknowledged is lost, nothing done twice', async () => {
  const server = await startTestServer({}, 2);
  const load = await Load.prepare(server);
  const running = load.run(server, 'go on');
  await expect.poll(() => load.acknowledged).toBeGreaterThan(200);
  const [killed] = Object.values(cluster.workers ?? {});
  killed?.process.kill('SIGKILL');
  const workerIds = () => Object.keys(cluster.workers ?? {});
  await expect.poll(workerIds).not.toContain(String(killed?.id));
  await expect.poll(workerIds).toHaveLength(2);
  const acknowledged = load.acknowledged;
  await expect.poll(() => load.acknowledged).toBeGreaterThan(acknowledged + 200);
  load.stop();
  await running;
  await load.settle(server);
  expect(load.rejections).toEqual([]);
  await load.expectAllTaken(server, (sql) => server.database.query(sql), 0);
  await server.stop();
}, 60_000);
