/** `ringback backup` and `restore` as an operator runs them, on embedded databases. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { makeFolder, runRingback } from '../support/programs/process.ts';
import { makeDataDir } from '../support/server-process.ts';
import { fill, readAll } from './filled-server.ts';

test('a backup of a running server, restored into an empty folder, gives the same answers and goes on from there', {
  timeout: 180_000,
}, async () => {
  const source = await makeDataDir();
  const server = await source.start().listening;
  const webhook = await fill(server);
  const file = join(await makeFolder(), 'ringback.backup');
  const taken = await runRingback(['backup', file], { DATA_DIR: source.dataDir });
  expect(taken).toMatchObject({ code: 0, stdout: '' });
  expect(taken.stderr).toMatch(/call: 2 rows[\s\S]*Backed up \d+ rows/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await readAll(server);

  const target = await makeDataDir({}, true);
  const restored = await runRingback(['restore', file], { DATA_DIR: target.dataDir });
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored.') });
  const copy = await target.start().listening;
  expect(await readAll(copy)).toEqual(before);

  const repeat = { call_log_id: 'done', revenue_paid_out: '12.345', transaction_id: 'order-77' };
  expect((await copy.post(webhook, repeat)).json).toMatchObject({ status: 'applied', duplicate: true });
  expect((await copy.api('POST', '/calls/live/complete', {})).json).toMatchObject({
    revenue_paid_out: '7.00',
  });

  // Neither the one that runs nor the one that is there is overwritten, nor the file.
  const again = await runRingback(['restore', file], { DATA_DIR: target.dataDir });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by') });
  const twice = await runRingback(['backup', file], { DATA_DIR: source.dataDir });
  expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('it exists already') });
});

test('a backup taken under load is the state of one moment, with all that was acknowledged before it', {
  timeout: 180_000,
}, async () => {
  const source = await makeDataDir();
  const server = await source.start().listening;
  const load = await Load.prepare(server);
  const running = load.run(server);
  await expect.poll(() => load.acknowledged).toBeGreaterThan(300);
  const known = load.senders.map((sender) => ({ ...sender }));
  const file = join(await makeFolder(), 'ringback.backup');
  expect(await runRingback(['backup', file], { DATA_DIR: source.dataDir })).toMatchObject({ code: 0 });
  const [knownCount, laterCount] = [known.reduce((sum, one) => sum + one.acknowledged, 0), load.acknowledged];
  expect(laterCount).toBeGreaterThan(knownCount + 100);
  load.stop();
  await running;

  const target = await makeDataDir({}, true);
  expect(await runRingback(['restore', file], { DATA_DIR: target.dataDir })).toMatchObject({ code: 0 });
  const copy = await target.start().listening;
  await load.expectAllTaken(copy, target.query, Number.POSITIVE_INFINITY, known);
});

test('there must be something to back up, and a file to restore', async () => {
  const folder = await makeFolder();
  const DATA_DIR = join(folder, 'data');
  const nothing = await runRingback(['backup', join(folder, 'a')], { DATA_DIR });
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('There is nothing to back up') });
  const missing = await runRingback(['restore', join(folder, 'a')], { DATA_DIR });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot read') });
  const other = await runRingback(['restore', 'package.json'], { DATA_DIR });
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('damaged') });
  await expect(stat(DATA_DIR)).rejects.toThrow('ENOENT');
});
