import { expect, test } from 'vitest';
import { addUp, pollTimeoutMs, tell, timeoutMs, times } from '../faults/faults.ts';
import { makeDataDir, readPostmaster } from '../support/server-process.ts';
import { Load, type Taken } from './load.ts';

test.for([
  ['one process', '1'],
  ['two workers', '2'],
] as const)(
  'a server of %s that is killed under load loses nothing that it acknowledged, and does nothing twice',
  { timeout: timeoutMs },
  async ([_what, workers], context) => {
    const { dataDir, start, query } = await makeDataDir();
    const found: Taken[] = [];
    let app = start('--workers', workers);
    for (let kills = 0; kills < times(1, 25); kills += 1) {
      const load = await Load.prepare(await app.listening, `kill ${kills} load`);
      const running = load.run(await app.listening);
      await expect.poll(() => load.acknowledged, { timeout: pollTimeoutMs }).toBeGreaterThan(300);
      await app.end('SIGKILL');
      await running;
      const acknowledged = load.acknowledged;

      // PostgreSQL, left alone, still runs; the next start takes it over.
      const orphan = await readPostmaster(dataDir);
      app = start('--workers', workers);
      const server = await app.listening;
      expect((await readPostmaster(dataDir))?.pid).not.toBe(orphan?.pid);
      await load.settle(server);
      expect(load.acknowledged).toBe(acknowledged + load.senders.length);
      found.push(await load.expectAllTaken(server, query, 0));
      load.expectHonestRejections();
    }
    tell(context, `${found.length} × kill -9, each start takes over automatically`, addUp(found));
    expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
  },
);
