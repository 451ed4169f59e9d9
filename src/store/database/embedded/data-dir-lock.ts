import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export type DataDirLock = { release(): Promise<void> };

/** Another process has the data folder; the message names it and says what to do. */
export class DataDirInUse extends Error {
  /** such as `process 4711` */
  readonly holder: string;

  constructor(dataDir: string, holder: string) {
    super(
      `DATA_DIR ${dataDir} is in use by ${holder}. Stop that one first, or give this one another DATA_DIR.`,
    );
    this.holder = holder;
  }
}

const POLL_MS = 20;
// Who was just killed still holds the lock while the kernel takes its memory apart.
const DYING_MS_MAX = 1_000;

// An open lock that nothing refers to would be closed, and so released, by the garbage collector.
const held = new Set<DatabaseSync>();

/**
 * One app per data folder. The lock is the kernel's: it ends with the process however that dies, so there is never
 * a stale one, and it holds between containers that share the folder, where pids mean nothing.
 * Node has no call for file locks; SQLite takes one with `begin immediate`, here on a file that stays empty.
 * The file is never removed: who locks a removed file and who locks its successor would both believe to be alone.
 *
 * Rejects within a second, naming the other process, when the folder is in use.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const pidFile = join(dataDir, 'ringback.pid');
  const file = join(dataDir, 'ringback.lock');
  const deadline = performance.now() + DYING_MS_MAX;
  let lock = tryLock(file);
  while (!lock && performance.now() < deadline) {
    await sleep(POLL_MS);
    lock = tryLock(file);
  }
  if (!lock) throw new DataDirInUse(dataDir, await describeHolder(pidFile));
  const handle = lock;
  held.add(handle);

  async function release(): Promise<void> {
    if (!held.delete(handle)) return;
    await rm(pidFile, { force: true }).finally(() => handle.close());
  }
  try {
    await writePidFile(pidFile);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** Undefined: another process has it. */
function tryLock(file: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('begin immediate');
    return lock;
  } catch (cause) {
    lock?.close();
    if (isBusy(cause)) return undefined;
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(
      `Cannot lock ${file}: ${why}. It must be writable for this user, on a file system that has locks.`,
      { cause },
    );
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

async function describeHolder(pidFile: string): Promise<string> {
  const [pid, host] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const where = host && host !== hostname() ? ` on ${host}` : '';
  return pid ? `process ${pid}${where}` : 'another process';
}

async function writePidFile(pidFile: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  // Not through a link: the folder may belong to a user with fewer rights than this process has.
  const file = await open(pidFile, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
  await file.writeFile(`${process.pid}\n${hostname()}\n`);
  await file.close();
}
