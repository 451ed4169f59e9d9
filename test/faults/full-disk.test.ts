/** The disk below the embedded database fills up under load, and is freed. */
import { spawnSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { makeFolder } from '../support/programs/process.ts';
import { makeDataDir } from '../support/server-process.ts';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from './faults.ts';

const sizeMb = 320;

/** A separate file system, in memory; null where this user may not mount one. */
async function mountSmallDisk(): Promise<string | null> {
  const folder = join(await makeFolder(), 'disk');
  await mkdir(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder]).status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

/** Writes until nothing more fits. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w');
  for (let piece = Buffer.alloc(1 << 20); piece.length > 0; ) {
    const written = await file.write(piece).catch(() => null);
    if (written === null) piece = piece.subarray(0, piece.length >> 1);
  }
  await file.close();
}

test('a full disk is answered with 503 and loses nothing, and once there is room the service is back automatically', {
  timeout: timeoutMs,
}, async (context) => {
  const disk = await mountSmallDisk();
  if (disk === null) return context.skip('a file system can only be mounted by root');
  const { start, query } = await makeDataDir({ DATA_DIR: join(disk, 'data') });
  const app = start();
  const server = await app.listening;
  const load = await Load.prepare(server);
  const running = load.run(server, 'go on');
  const rounds = times(1, 10);
  for (let round = 0; round < rounds; round += 1) {
    const before = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(before + 200);
    const rejections = load.rejections.length;
    await fillUp(join(disk, 'ballast'));
    await expect.poll(() => load.rejections.length, { timeout }).toBeGreaterThan(rejections + 32);
    await rm(join(disk, 'ballast'));
    const freed = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(freed + 200);
  }
  load.stop();
  await running;
  load.expectHonestRejections();
  await load.settle(server);
  const taken = await load.expectAllTaken(server, query, 0);
  tell(
    context,
    `${rounds} × a full disk`,
    taken,
    `; ${load.rejections.length} × 503 meanwhile, back automatically`,
  );
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
});
