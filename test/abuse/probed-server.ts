/** A server process that tells how long its event loop was busy, and how much memory it took. */
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestDatabase } from '../support/database.ts';
import type { TestServer } from '../support/server.ts';
import { ServerProcess } from '../support/server-process.ts';

/** What `loop-probe.mjs` tells, rounded. */
export type Probe = { busyMs: number; delayMs: number; delayMsMax: number; rssMb: number };

export class ProbedServer {
  readonly server: TestServer;
  readonly #socketPath: string;
  readonly stop: () => Promise<void>;

  private constructor(server: TestServer, socketPath: string, stop: () => Promise<void>) {
    this.server = server;
    this.#socketPath = socketPath;
    this.stop = stop;
  }

  static async start(folder: string): Promise<ProbedServer> {
    const database = await createTestDatabase();
    const PROBE_SOCKET = join(folder, 'probe');
    const NODE_OPTIONS = `--import=${new URL('loop-probe.mjs', import.meta.url).pathname}`;
    const app = new ServerProcess(folder, [], { DATABASE_URL: database.url, PROBE_SOCKET, NODE_OPTIONS });
    const server = await app.listening;
    const stop = async () => {
      await app.end('SIGTERM');
      await database.drop();
    };
    return new ProbedServer(server, PROBE_SOCKET, stop);
  }

  /** What the server did at most while `work` ran. */
  async during(work: () => Promise<unknown>): Promise<Probe> {
    await this.#read();
    await work();
    return this.#read();
  }

  /** Begins again. */
  async #read(): Promise<Probe> {
    const answer = await new Promise<string>((resolve, reject) => {
      request({ socketPath: this.#socketPath, agent: false }, (response) => {
        text(response).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
    const figures: Probe = JSON.parse(answer);
    return {
      busyMs: Math.round(figures.busyMs),
      delayMs: Math.round(figures.delayMs),
      delayMsMax: Math.round(figures.delayMsMax),
      rssMb: Math.round(figures.rssMb),
    };
  }
}
