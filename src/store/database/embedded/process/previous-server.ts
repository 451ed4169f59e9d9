import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../../../log.ts';
import { clusterFolder } from '../cluster.ts';
import { socketSetting } from '../settings.ts';
import { removeSocket, socketLockPath } from '../socket-folder.ts';
import { endProcess } from './end-process.ts';
import { runProgram } from './run-program.ts';

type Options = { dataDir: string; socketFolder: string };

/**
 * Ends the server that a killed app left running on this data folder, or on its socket (when the folder was moved
 * or replaced meanwhile). Only for who holds the data folder's lock: then no app can want that server any more.
 *
 * Not done with `pg_ctl stop`: that signals whatever process has the recorded pid now, and waits a minute for one
 * that has ended but is not reaped yet.
 */
export async function stopPreviousServer({ log, ...options }: Options & { log: Log }): Promise<void> {
  const recorded = await recordedPid(clusterFolder(options.dataDir));
  const onSocket = await firstLineAsPid(socketLockPath(options.socketFolder));
  for (const pid of new Set([recorded, onSocket])) {
    if (pid === undefined || !(await isServer(pid, options))) continue;
    log.warn(`ending PostgreSQL (process ${pid}), which an app that was killed left running`);
    await endProcess(pid, async () => !(await isServer(pid, options)));
  }
  await removeSocket(options.socketFolder);
}

/** The pid in `postmaster.pid`: the running server's, or after a crash the one that it had. */
export function recordedPid(cluster: string): Promise<number | undefined> {
  return firstLineAsPid(join(cluster, 'postmaster.pid'));
}

async function firstLineAsPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined; // 0 and below would signal whole groups
}

/** Whether the process is the server of this data folder. The pid may long be another program's. */
async function isServer(pid: number, { dataDir, socketFolder }: Options): Promise<boolean> {
  const command = await commandOf(pid);
  if (!command.includes('/bin/postgres')) return false;
  if (command.split(' ').includes(socketSetting(socketFolder))) return true;
  return isSameFolder(`/proc/${pid}/cwd`, clusterFolder(dataDir));
}

/** The command line; empty for a process that has ended, reaped or not. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  const args = ['-ww', '-o', 'command=', '-p', String(pid)];
  return runProgram('ps', args, { cwd: '/', user: undefined }).catch(() => '');
}

async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}
