/** Several processes on one port and one database: the primary owns the database and the port, workers serve. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import type { Config } from './config.ts';
import { prepareDatabase, type Server } from './server.ts';
import { Stack } from './stack.ts';

/** What the primary and a worker say to each other. */
export type ToWorker =
  | { ringback: 'serve'; config: Config & { databaseUrl: string } }
  | { ringback: 'stop' }
  | { ringback: 'metrics'; request: number; text: string };
export type ToPrimary =
  | { ringback: 'listening'; url: string; publicUrl: string }
  | { ringback: 'failed'; message: string }
  | { ringback: 'readMetrics'; request: number };

type Address = Pick<Server, 'url' | 'publicUrl'>;

/**
 * As `npm start` has them. On a machine with much memory, Node would let short-lived objects fill 130 MB before it looks
 * for those that are still needed, and let the heap grow to a multiple of what is. Bench, 256 connections: 16 MB a space
 * saves 110 MB at the same speed; growing by 75 percent saves 110 more under large batches, for 3 % of CPU.
 */
export const heapFlags = ['--max-semi-space-size=16', '--heap-growing-percent=75'];

/** A worker that ends unexpectedly is started again, but not in a tight loop. */
const restartPauseMs = 500;

/** Starts `count` workers and resolves when all of them answer. One that ends is replaced. */
export function startWorkers(
  config: Config,
  count: number,
  log: Logger,
  wantsSignIn = false,
  signal?: AbortSignal,
): Promise<Server> {
  return Stack.startOrStop(async (running) => {
    const {
      databaseUrl,
      db: _,
      ...secrets
    } = await prepareDatabase(config, log, running, wantsSignIn, signal);
    const workers = new Workers({ ...config, databaseUrl }, log);
    running.push(() => workers.stop());
    const [address] = await Promise.all(Array.from({ length: count }, () => workers.start()));
    if (address === undefined) throw new Error('there must be at least one worker');
    return { ...address, ...secrets, stop: () => running.stop() };
  }, signal);
}

class Workers {
  readonly #config: Config & { databaseUrl: string };
  readonly #log: Logger;
  readonly #alive = new Set<Worker>();
  readonly #metrics = new AggregatorRegistry();
  #isStopping = false;

  constructor(config: Config & { databaseUrl: string }, log: Logger) {
    this.#config = config;
    this.#log = log;
    // Compiled or not, the worker's entry lies beside this file.
    const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
    cluster.setupPrimary({ exec: entry.pathname, args: [], execArgv: heapFlags });
  }

  /** Resolves when the worker answers requests; rejects with its reason when it cannot. */
  async start(): Promise<Address> {
    const worker = cluster.fork();
    this.#alive.add(worker);
    worker.once('exit', (code, signal) => this.#replace(worker, code, signal));
    // Unheard, it would end this process: of one that dies while it is written to, or that this machine cannot start.
    worker.on('error', (error: Error) => {
      this.#log.warn({ err: error, pid: worker.process.pid }, 'a worker cannot be reached');
      if (worker.process.pid === undefined) this.#replace(worker, null, null); // no exit follows
    });
    const address = new Promise<Address>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: ToPrimary) => {
        if (message.ringback === 'listening') resolve(message);
        else if (message.ringback === 'failed') reject(new Error(message.message));
        else if (message.ringback === 'readMetrics') void this.#sendMetrics(worker, message.request);
      });
      worker.once('exit', () => reject(new Error('a worker ended while it started')));
    });
    send(worker, { ringback: 'serve', config: this.#config });
    return address;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(
      Array.from(this.#alive, async (worker) => {
        // Not `once` of node:events: it would fail with the error of one that is just dying.
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        send(worker, { ringback: 'stop' });
        await ended;
      }),
    );
  }

  #replace(worker: Worker, code: number | null, signal: string | null): void {
    if (!this.#alive.delete(worker) || this.#isStopping) return;
    this.#log.error({ pid: worker.process.pid, code, signal }, 'a worker died and is replaced');
    setTimeout(() => {
      if (this.#isStopping) return;
      this.start().catch((error: unknown) => this.#log.error({ err: error }, 'a worker did not start'));
    }, restartPauseMs).unref();
  }

  async #sendMetrics(worker: Worker, request: number): Promise<void> {
    const text = await this.#metrics.clusterMetrics().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'the metrics of the workers cannot be read');
      return '';
    });
    send(worker, { ringback: 'metrics', request, text });
  }
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
