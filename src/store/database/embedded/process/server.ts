import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../../log.ts';
import type { Binaries } from '../binaries.ts';
import { clusterFolder } from '../cluster.ts';
import { pathFor, type ServerUser } from '../server-user.ts';
import { serverFlags } from '../settings.ts';
import { endProcess } from './end-process.ts';
import { recordedPid } from './previous-server.ts';
import { programEnv } from './run-program.ts';
import { openServerLog, type ServerLog } from './server-log.ts';

export type ServerSetup = {
  dataDir: string;
  binaries: Binaries;
  user: ServerUser;
  socketFolder: string;
  log: Log;
};

export type Server = {
  pid: number;
  /** Resolves when the process has ended, with how. */
  ended: Promise<string>;
  /** Ends it. Does nothing when it has ended. */
  stop(): Promise<void>;
};

const POLL_MS = 10;
// A recovery (10 s for 2.5 GB of log on 2 cores) writes to its log every 10 s, but ends with a checkpoint that says
// nothing. Ending one that works is worse than telling late that it is stuck.
const SILENCE_MS_MAX = 180_000;
const SLOW_MS = 2_000;
const MEMORY_WAIT_MS_MAX = 30_000;

/**
 * Starts PostgreSQL. Resolves when it accepts connections. Rejects when it ends, is silent for 3 minutes, or
 * `cancel` is aborted; then nothing runs.
 */
export async function startServer(setup: ServerSetup, cancel?: AbortSignal): Promise<Server> {
  const deadline = performance.now() + MEMORY_WAIT_MS_MAX;
  for (;;) {
    try {
      return await launch(setup, cancel);
    } catch (error) {
      // Sessions of a killed server end within moments, and until then keep its shared memory.
      const isMemoryHeld = error instanceof Error && error.message.includes('shared memory block');
      if (!isMemoryHeld || cancel?.aborted || performance.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function launch(setup: ServerSetup, cancel?: AbortSignal): Promise<Server> {
  const serverLog = await openServerLog(setup.dataDir);
  const child = spawnServer(setup, serverLog, await recordedPid(clusterFolder(setup.dataDir)));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  await serverLog.file.close();
  const { pid } = child;
  if (pid === undefined) throw new Error(`PostgreSQL could not be started: ${await ended}`);
  endWithThisProcess(child);

  const server = { pid, ended, stop: () => endProcess(pid, hasEnded) };
  try {
    await untilReady(setup, pid, serverLog, () => {
      if (hasEnded()) return 'it ended';
      return cancel?.aborted ? 'cancelled' : undefined;
    });
  } catch (cause) {
    await server.stop();
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(
      `PostgreSQL did not start: ${why} (${await ended}). Its log ends with:\n${await serverLog.tail()}`,
      { cause },
    );
  }
  return server;
}

function spawnServer(setup: ServerSetup, { file }: ServerLog, stalePid: number | undefined): ChildProcess {
  const cluster = clusterFolder(setup.dataDir);
  return spawn(
    setup.binaries.postgres,
    ['-D', pathFor(setup.user, cluster), ...serverFlags(setup.socketFolder)],
    {
      cwd: cluster,
      detached: true, // its own process group: Ctrl-C in the terminal is for the app, which still needs it
      stdio: ['ignore', file.fd, file.fd],
      env: {
        ...programEnv,
        // PostgreSQL does not start while any process has the pid that a crash left in postmaster.pid, but knows
        // that this one cannot be a server. We hold the lock and have looked: it is none. The check that no session
        // of the crashed server lives, by its shared memory, stays.
        ...(stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }),
      },
      ...setup.user,
    },
  );
}

/** For an app that ends without `stop()`, by an uncaught error. Of one that is killed the next start takes care. */
function endWithThisProcess(child: ChildProcess): void {
  const end = () => child.kill('SIGINT');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** The server writes its state into postmaster.pid. Asking that instead of connecting keeps its log clean. */
async function untilReady(
  setup: ServerSetup,
  pid: number,
  serverLog: ServerLog,
  whyOver: () => string | undefined,
): Promise<void> {
  const pidFile = join(clusterFolder(setup.dataDir), 'postmaster.pid');
  const startedAt = performance.now();
  let heardAt = startedAt;
  let sizeBytes = 0;
  let isSlow = false;
  for (;;) {
    const over = whyOver();
    if (over) throw new Error(over);
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    if (lines[0] === String(pid) && lines[7]?.trim() === 'ready') return;
    const size = await serverLog.sizeBytes();
    if (size !== sizeBytes) {
      sizeBytes = size;
      heardAt = performance.now();
    }
    if (!isSlow && performance.now() - startedAt > SLOW_MS) {
      isSlow = true;
      setup.log.info(`waiting for PostgreSQL, which may be recovering from a crash: see ${serverLog.path}`);
    }
    if (performance.now() - heardAt > SILENCE_MS_MAX) {
      throw new Error(`not ready, and nothing in its log for ${SILENCE_MS_MAX / 1000} s`);
    }
    await sleep(POLL_MS);
  }
}
