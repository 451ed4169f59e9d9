/** The network between the server and its database breaks or stalls, at every point of a transaction under load. */
import { expect, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import type { Fate } from '../support/database/proxied-connection.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeDataDir } from '../support/server-process.ts';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from './faults.ts';

/** The statements of the writer's transaction, in their order. */
const points = [
  'begin',
  'read-revisions',
  'lock-calls',
  'read-prior',
  'write-calls',
  'log-postbacks',
  'commit',
];

async function runThrough(fates: Fate[], rounds: number, at = points) {
  const database = await createTestDatabase();
  const proxy = await DatabaseProxy.start(database.url);
  const { start } = await makeDataDir({ DATABASE_URL: proxy.url });
  const app = start();
  const server = await app.listening;
  const load = await Load.prepare(server);
  const running = load.run(server, 'go on');
  let count = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const point of at) {
      for (const fate of fates) {
        const before = load.acknowledged;
        let hasHappened = false;
        void proxy.spoil(point, fate).then(() => {
          hasHappened = true;
        });
        await expect.poll(() => hasHappened, { timeout, message: `no ${point} comes by` }).toBe(true);
        count += 1;
        await expect
          .poll(() => load.acknowledged, { timeout, message: `${fate} at ${point}` })
          .toBeGreaterThan(before + 16);
      }
    }
  }
  load.stop();
  await running;
  load.expectHonestRejections();
  await load.settle(server);
  const taken = await load.expectAllTaken(server, database.query, 0);
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
  await proxy.stop();
  await database.drop();
  return { count, taken, load };
}

test('connections that are cut or stall at any point of a transaction lose nothing and do nothing twice', {
  timeout: timeoutMs,
}, async (context) => {
  const { count, taken, load } = await runThrough(['lost', 'unanswered', 'stalled'], times(1, 10));
  tell(
    context,
    `${count} cuts and stalls at ${points.length} points of a transaction`,
    taken,
    `; ${load.rejections.length} × 503 meanwhile`,
  );
});

async function hasTransactionTimeout(): Promise<boolean> {
  const database = await createTestDatabase({ isEmpty: true });
  const rows = await database.query(`select from pg_settings where name = 'transaction_timeout'`);
  await database.drop();
  return rows.length > 0;
}

// Nobody hears of such an end: it takes 15 s to be noticed, and the database holds the locks for 30 s.
test('connections that are cut at any point of a transaction hold up their own calls only, and for a bounded time', {
  timeout: timeoutMs,
}, async (context) => {
  if (!(await hasTransactionTimeout())) return context.skip('PostgreSQL ends such transactions from 17 on');
  const { count, taken, load } = await runThrough(['dead'], 1, points.slice(-times(2, points.length)));
  tell(
    context,
    `${count} connections that died in silence`,
    taken,
    `; ${load.rejections.length} × 503 meanwhile`,
  );
});
