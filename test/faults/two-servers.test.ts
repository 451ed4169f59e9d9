/** Two servers with two workers each share a database; callers are impatient, and the servers are killed in turn. */
import { expect, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeDataDir } from '../support/server-process.ts';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from './faults.ts';

test('repeats to two servers of two workers each, which are killed in turn, are done once', {
  timeout: timeoutMs,
}, async (context) => {
  const database = await createTestDatabase();
  const folders = [
    await makeDataDir({ DATABASE_URL: database.url }),
    await makeDataDir({ DATABASE_URL: database.url }),
  ];
  const apps = folders.map(({ start }) => start('--workers', '2'));
  const servers = await Promise.all(apps.map((app) => app.listening));
  const [first] = servers;
  if (first === undefined) throw new Error('there are two servers');
  const load = await Load.prepare(first);
  const running = load.runOnAll(() => servers);
  const goOn = async (count: number) => {
    const before = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(before + count);
  };
  const kills = times(2, 20);
  for (let kill = 0; kill < kills; kill += 1) {
    await goOn(64);
    const at = kill % 2;
    await apps[at]?.end('SIGKILL');
    await goOn(64); // the other one serves alone
    const app = folders[at]?.start('--workers', '2');
    if (app === undefined) throw new Error('there are two folders');
    apps[at] = app;
    servers[at] = await app.listening;
  }
  await goOn(64);
  load.stop();
  await running;
  load.expectHonestRejections();
  const [server] = servers;
  if (server === undefined) throw new Error('there are two servers');
  await load.settle(server);
  const taken = await load.expectAllTaken(server, database.query, 0);
  const repeats = await database.query('select count(*)::int from postback where transaction_id is not null');
  expect(repeats).toEqual([{ count: taken.taken }]);
  tell(context, `two servers × two workers, ${kills} × kill -9 of one of them, callers that repeat`, taken);
  for (const app of apps) expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
  await database.drop();
});
