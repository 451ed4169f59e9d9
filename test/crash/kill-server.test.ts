import { expect, test } from 'vitest';
import { makeDataDir, readPostmaster } from '../support/server-process.ts';
import { Load } from './load.ts';

test.each([
  ['one process', '1'],
  ['two workers', '2'],
])(
  'a server of %s that is killed under load loses nothing that it acknowledged, and does nothing twice',
  async (_what, workers) => {
    const { dataDir, start, query } = await makeDataDir();
    const first = start('--workers', workers);
    const load = await Load.prepare(await first.listening);
    const running = load.run(await first.listening);
    await expect.poll(() => load.acknowledged, { timeout: 20_000 }).toBeGreaterThan(300);
    await first.end('SIGKILL');
    await running;
    const acknowledged = load.acknowledged;

    // PostgreSQL, left alone, still runs; the next start takes it over.
    const orphan = await readPostmaster(dataDir);
    const second = start('--workers', workers);
    const server = await second.listening;
    expect((await readPostmaster(dataDir))?.pid).not.toBe(orphan?.pid);
    await load.settle(server);
    expect(load.acknowledged).toBe(acknowledged + load.senders.length);
    await load.expectAllTaken(server, query, 0);
    load.expectHonestRefusals();
    expect(await second.end('SIGTERM')).toMatchObject({ code: 0 });
  },
  60_000,
);
