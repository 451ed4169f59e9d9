/** A server process that tells how long its event loop was blocked, and how much memory it took. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '../support/database.ts';
import type { TestServer, TestWebhook } from '../support/server.ts';
import { ServerProcess } from '../support/server-process.ts';

export type Probe = { busyMs: number; rssMb: number };

/** How often the probe tells, and some. */
const tellMs = 150;

export class ProbedServer {
  readonly server: TestServer;
  readonly #app: ServerProcess;
  readonly #file: string;
  readonly stop: () => Promise<void>;

  private constructor(server: TestServer, app: ServerProcess, file: string, stop: () => Promise<void>) {
    this.server = server;
    this.#app = app;
    this.#file = file;
    this.stop = stop;
  }

  static async start(folder: string): Promise<ProbedServer> {
    const database = await createTestDatabase();
    const PROBE_FILE = join(folder, 'probe');
    const NODE_OPTIONS = `--import=${new URL('loop-probe.mjs', import.meta.url).pathname}`;
    const app = new ServerProcess(folder, [], { DATABASE_URL: database.url, PROBE_FILE, NODE_OPTIONS });
    const server = await app.listening;
    const stop = async () => {
      await app.end('SIGTERM');
      await database.drop();
    };
    return new ProbedServer(server, app, PROBE_FILE, stop);
  }

  /** What the server did at most while `work` ran. */
  async during(work: () => Promise<unknown>): Promise<Probe> {
    this.#app.running.signal('SIGUSR2');
    await sleep(tellMs);
    await work();
    await sleep(tellMs);
    return this.read();
  }

  async read(): Promise<Probe> {
    return JSON.parse(await readFile(this.#file, 'utf8'));
  }
}

/** An honest sender: posts one after the other until it is stopped, and tells its 99th percentile. */
export class HonestSender {
  readonly #times: number[] = [];
  readonly failures: number[] = [];
  #isRunning = true;
  readonly #done: Promise<void>;

  constructor(server: TestServer, webhook: TestWebhook, callLogId: string) {
    this.#done = this.#run(server, webhook, callLogId);
  }

  async #run(server: TestServer, webhook: TestWebhook, callLogId: string): Promise<void> {
    for (let at = 0; this.#isRunning; at += 1) {
      const start = performance.now();
      const { status } = await server.post(webhook, { call_log_id: callLogId, reason: `r${at}` });
      this.#times.push(performance.now() - start);
      if (status !== 200) this.failures.push(status);
    }
  }

  async stop(): Promise<{ count: number; p99Ms: number }> {
    this.#isRunning = false;
    await this.#done;
    const sorted = this.#times.toSorted((a, b) => a - b);
    return { count: sorted.length, p99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0) };
  }
}
