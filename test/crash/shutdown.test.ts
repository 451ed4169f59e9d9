import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { headOf, openSocket } from '../support/requests/raw-http.ts';
import { isAlive, makeDataDir, readPostmaster } from '../support/server-process.ts';
import { Load } from './load.ts';

/** docs/operations.md#stopping */
const shutdownMsMax = 10_000;

test.each([
  ['SIGTERM', 'one process', '1'],
  ['SIGINT', 'two workers', '2'],
] as const)(
  '%s under load to a server of %s: what was accepted is answered, what was answered is kept, and no process is left',
  async (signal, _what, workers) => {
    const { dataDir, start, query } = await makeDataDir();
    const app = start('--workers', workers);
    const server = await app.listening;
    const load = await Load.prepare(server);
    const running = load.run(server);
    await expect.poll(() => load.acknowledged).toBeGreaterThan(300);
    const postmaster = await readPostmaster(dataDir);
    const exit = await app.end(signal);
    await running;
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.afterMs).toBeLessThan(shutdownMsMax);
    expect(postmaster !== null && (await isAlive(postmaster.pid))).toBe(false);
    expect(existsSync(postmaster?.socketFolder ?? '/')).toBe(false);
    load.expectHonestRejections();

    const again = start();
    await load.expectAllTaken(await again.listening, query, 1);
    expect(await again.end(signal)).toMatchObject({ code: 0 });
  },
  60_000,
);

test('a sender that never finishes its request does not keep the server up', async () => {
  const { start } = await makeDataDir();
  const app = start();
  const slow = openSocket((await app.listening).url);
  slow.write(headOf('POST /update-fields', { 'content-length': 100, connection: 'keep-alive' }));
  await once(slow, 'connect');
  const exit = await app.end('SIGTERM');
  slow.destroy();
  expect(exit).toMatchObject({ code: 0 });
  expect(exit.afterMs).toBeLessThan(shutdownMsMax);
}, 60_000);

test('SIGTERM during the start ends all that was started', async () => {
  const { dataDir, start } = await makeDataDir({}, true);
  const moments: [string, () => boolean][] = [
    [
      'the database is being made',
      () => readdirSync(dataDir).some((name) => name.startsWith('postgres.init-')),
    ],
    ['the data folder is locked', () => existsSync(join(dataDir, 'ringback.pid'))],
    ['the database is being started', () => existsSync(join(dataDir, 'postgres', 'postmaster.pid'))],
  ];
  for (const [moment, hasCome] of moments) {
    const app = start();
    await expect.poll(hasCome, { timeout: 20_000, interval: 2, message: moment }).toBe(true);
    const postmaster = await readPostmaster(dataDir);
    const exit = await app.end('SIGTERM');
    expect(exit, moment).toMatchObject({ code: 0 });
    expect(exit.afterMs).toBeLessThan(shutdownMsMax);
    expect(postmaster !== null && (await isAlive(postmaster.pid))).toBe(false);
    expect(await readPostmaster(dataDir)).toBeNull();
  }
}, 60_000);
