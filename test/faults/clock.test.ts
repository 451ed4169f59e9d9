/** The clock of the machine jumps, forward and back, while the server runs and between two starts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { makeFolder } from '../support/programs/process.ts';
import { makeDataDir } from '../support/server-process.ts';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from './faults.ts';

const hourMs = 3_600_000;

test('a clock that jumps back loses nothing, does nothing twice and changes no order', {
  timeout: timeoutMs,
}, async (context) => {
  const CLOCK_FILE = join(await makeFolder(), 'clock');
  const setClock = (offsetMs: number) => writeFile(CLOCK_FILE, String(offsetMs));
  await setClock(0);
  const NODE_OPTIONS = `--import=${new URL('shifted-clock.mjs', import.meta.url).pathname}`;
  const { start, query } = await makeDataDir({ CLOCK_FILE, NODE_OPTIONS });
  let app = start();
  const load = await Load.prepare(await app.listening);
  let running = load.run(await app.listening);
  const goOn = async () => {
    const before = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(before + 200);
  };
  let jumps = 0;
  for (let round = 0; round < times(1, 10); round += 1) {
    for (const offsetMs of [-hourMs, 2 * hourMs, -3 * hourMs, -60_000]) {
      await setClock(offsetMs);
      jumps += 1;
      await goOn();
    }
    // Back again while it is stopped: its next ids are below those that it gave out before.
    load.stop();
    await running;
    expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
    await setClock(-24 * hourMs);
    jumps += 1;
    app = start();
    running = load.run(await app.listening);
    await goOn();
  }
  load.stop();
  await running;
  expect(load.rejections).toEqual([]);
  const server = await app.listening;
  const [back] = await query(
    `select count(*)::int from postback where received_at < now() - interval '12 hours'`,
  );
  expect(back?.['count']).toBeGreaterThan(0); // the clock was one
  tell(context, `${jumps} jumps of the clock, by up to a day`, await load.expectAllTaken(server, query, 0));
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
});
