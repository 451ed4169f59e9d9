/** The server as an operator runs it: a process of its own on a data folder of its own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { TestServer } from './server.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const token = 'test-admin-token-0001';

export type Exit = { code: number | null; signal: NodeJS.Signals | null; afterMs: number };

export class ServerProcess {
  readonly pid: number;
  /** rejects with what the process said when it ends without having listened */
  readonly listening: Promise<TestServer>;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  #said = '';

  constructor(dataDir: string, settings: Record<string, string> = {}) {
    const { DATABASE_URL: _external, ...env } = process.env;
    this.#child = spawn(process.execPath, [main, 'start'], {
      env: { ...env, PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN: token, LOG_LEVEL: 'warn', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid, stdout, stderr } = this.#child;
    if (pid === undefined || stdout === null || stderr === null)
      throw new Error('the server could not be spawned');
    this.pid = pid;
    this.exited = once(this.#child, 'exit').then(() => {});
    this.listening = new Promise((resolve, reject) => {
      const listen = (text: string) => {
        this.#said += text;
        const url = /listening on (http:\/\/\S+)/.exec(this.#said)?.[1];
        if (url !== undefined) resolve(new TestServer(url, noDatabase, token, async () => {}));
      };
      stdout.setEncoding('utf8').on('data', listen);
      stderr.setEncoding('utf8').on('data', listen);
      this.#child.once('exit', () => reject(new Error(`the server ended: ${this.#said}`)));
    });
    this.listening.catch(() => {}); // not every test waits for it
  }

  /** All that it wrote. */
  get said(): string {
    return this.#said;
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Exit> {
    const start = performance.now();
    this.#child.kill(signal);
    await this.exited;
    const { exitCode: code, signalCode } = this.#child;
    return { code, signal: signalCode, afterMs: performance.now() - start };
  }
}

/** The test server's own look at its database does not reach into another process's: see `queryEmbedded`. */
const noDatabase = {
  url: '',
  query: () => Promise.reject(new Error('use queryEmbedded')),
  drop: async () => {},
};

/** A data folder, and the servers on it; after the test nothing of them is left. */
export async function makeDataDir(): Promise<{
  dataDir: string;
  start(settings?: Record<string, string>): ServerProcess;
}> {
  const dataDir = await mkdtemp('/tmp/rb-crash-');
  const started: ServerProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map((server) => server.end('SIGKILL')));
    const postmaster = await readPostmaster(dataDir);
    if (postmaster !== null && (await isAlive(postmaster.pid))) process.kill(postmaster.pid, 'SIGKILL');
    if (postmaster !== null) await rm(postmaster.socketFolder, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });
  const start = (settings?: Record<string, string>) => {
    const server = new ServerProcess(dataDir, settings);
    started.push(server);
    return server;
  };
  return { dataDir, start };
}

/** What PostgreSQL says of itself in its data folder, as long as it runs or after it was killed. */
export async function readPostmaster(dataDir: string): Promise<{ pid: number; socketFolder: string } | null> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = '', , , , socketFolder = ''] = text.split('\n');
  return Number(pid) > 0 && socketFolder !== '' ? { pid: Number(pid), socketFolder } : null;
}

/** False also for a process that has ended and waits to be reaped. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

/** A look behind the front door, into the database of a data folder. */
export async function queryEmbedded(dataDir: string, sql: string): Promise<Record<string, unknown>[]> {
  const postmaster = await readPostmaster(dataDir);
  const client = new pg.Client({
    host: postmaster?.socketFolder ?? '',
    user: 'ringback',
    database: 'ringback',
  });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
