/** A sender that does nothing wrong, in a separate thread: what the attackers beside it do does not delay its clock. */
import { EventEmitter, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TestServer, TestWebhook } from '../support/server.ts';
import type { HonestPostback, HonestSettings } from './honest-worker.ts';

/** How many postbacks there were, and the 99th percentile of the time that one took. */
export type Measured = { count: number; p99Ms: number };

/** The first ones open the connection and are compiled. */
const warmUpCount = 50;

export class HonestSender {
  readonly #thread: Worker;
  readonly #events = new EventEmitter();
  readonly #times: number[] = [];
  readonly failures: number[] = [];

  private constructor(settings: HonestSettings) {
    this.#thread = new Worker(new URL('honest-worker.ts', import.meta.url), { workerData: settings });
    this.#thread.on('message', (message: HonestPostback | 'stopped') => {
      if (message === 'stopped') {
        this.#events.emit('stopped');
        return;
      }
      this.#times.push(message.ms);
      if (message.status !== 200) this.failures.push(message.status);
      this.#events.emit('posted');
    });
    this.#thread.on('error', (error) => this.#events.emit('error', error));
  }

  static async start(server: TestServer, webhook: TestWebhook, callLogId: string): Promise<HonestSender> {
    const url = server.url + new URL(webhook.url).pathname;
    const sender = new HonestSender({ url, authKey: webhook.auth_key, callLogId });
    await sender.sendBeside((sent) => sent(warmUpCount));
    return sender;
  }

  /**
   * Posts while `work` runs.
   * @param work gets a function that waits until so many were posted
   */
  async sendBeside(work: (sent: (count: number) => Promise<void>) => Promise<unknown>): Promise<Measured> {
    this.#times.length = 0;
    this.#thread.postMessage('start');
    try {
      await work(async (count) => {
        while (this.#times.length < count) await once(this.#events, 'posted');
      });
    } finally {
      this.#thread.postMessage('stop');
    }
    await once(this.#events, 'stopped');
    const sorted = this.#times.toSorted((a, b) => a - b);
    return { count: sorted.length, p99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0) };
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
