/** The server as an operator runs it: a process on a data folder, to be killed and started again. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { databaseUrl, readPassword } from '../../src/store/database/embedded/database.ts';
import { copyDataFolder } from './database/data-folder.ts';
import { makeFolder, RunningProcess, startArgs } from './programs/process.ts';
import { TestServer } from './server.ts';

const token = 'test-admin-token-0001';

export class ServerProcess {
  readonly running: RunningProcess;
  /** rejects with what the process said when it ends without having listened */
  readonly listening: Promise<TestServer>;

  /** @param startWith what Node is run with, where it is not the build */
  constructor(
    dataDir: string,
    args: string[],
    settings: Record<string, string> = {},
    startWith: string[] = startArgs,
  ) {
    const env = { PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN: token, LOG_LEVEL: 'warn', ...settings };
    this.running = new RunningProcess([...startWith, ...args], { env });
    this.listening = this.running
      .waitFor(/listening on (http:\/\/\S+)/)
      .then(([, url = '']) => new TestServer(url, noDatabase, token, async () => {}));
    this.listening.catch(() => {}); // not every test waits for it
  }

  /** Sends the signal and waits for the end. `code` is null where the process did not end automatically. */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; afterMs: number; stderr: string }> {
    const start = performance.now();
    this.running.signal(signal);
    const { code, stderr } = await this.running.end();
    return { code, stderr, afterMs: performance.now() - start };
  }
}

/** The test server's own look at its database does not reach into another process's: see `makeDataDir`. */
const noDatabase = {
  url: '',
  query: () => Promise.reject(new Error('use the query of makeDataDir')),
  drop: async () => {},
};

/**
 * A data folder, and servers on it; after the test nothing of them is left.
 * @param settings more of them, such as `DATABASE_URL`
 * @param isNew the first start makes the embedded database; otherwise it is there, without an account
 */
export async function makeDataDir(
  settings: Record<string, string> = {},
  isNew = false,
): Promise<{
  dataDir: string;
  /** @param args of the command, such as `--workers 2` */
  start(...args: string[]): ServerProcess;
  /** one that listens where another has listened */
  startOn(port: string): ServerProcess;
  /** runs SQL on its database */
  query(sql: string): Promise<Record<string, unknown>[]>;
}> {
  const dataDir = settings['DATA_DIR'] ?? (await makeFolder());
  if (!isNew && settings['DATA_DIR'] === undefined && settings['DATABASE_URL'] === undefined)
    copyDataFolder(dataDir);
  const started: ServerProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map((server) => server.end('SIGKILL')));
    const postmaster = await readPostmaster(dataDir);
    if (postmaster === null) return;
    if (await isAlive(postmaster.pid)) process.kill(postmaster.pid, 'SIGKILL');
    await rm(postmaster.socketFolder, { recursive: true, force: true });
  });
  const startWith = (args: string[], more: Record<string, string> = {}) => {
    const server = new ServerProcess(dataDir, args, { ...settings, ...more });
    server.running.printOnFailure();
    started.push(server);
    return server;
  };
  const start = (...args: string[]) => startWith(args);
  const startOn = (port: string) => startWith([], { PORT: port });
  return { dataDir, start, startOn, query: (sql) => queryEmbedded(dataDir, sql) };
}

/** What PostgreSQL says of itself in its data folder, while it runs or after it was killed. */
export async function readPostmaster(dataDir: string): Promise<{ pid: number; socketFolder: string } | null> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = '', , , , socketFolder = ''] = text.split('\n');
  return Number(pid) > 0 && socketFolder !== '' ? { pid: Number(pid), socketFolder } : null;
}

/** False also for a process that has ended and waits to be reaped. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

async function queryEmbedded(dataDir: string, sql: string): Promise<Record<string, unknown>[]> {
  const postmaster = await readPostmaster(dataDir);
  const url = databaseUrl(postmaster?.socketFolder ?? '', await readPassword(dataDir));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
