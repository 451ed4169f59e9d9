import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../../log.ts';
import type { Server } from './server.ts';

const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 5_000;
/** A server that ran this long has recovered: its next end is a new incident. */
const STEADY_MS = 60_000;

/**
 * Keeps a server running: one that ends is started again, with growing pauses, until `stop()`.
 * `stop()` resolves when no server runs any more, also while one is being started.
 */
export function supervise(
  first: Server,
  start: (cancel: AbortSignal) => Promise<Server>,
  log: Log,
): { stop(): Promise<void> } {
  const cancel = new AbortController();
  const { signal } = cancel;
  const cancelled = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let pauseMs = PAUSE_MS_MIN;

  async function run(): Promise<void> {
    let server: Server | undefined = first;
    while (!signal.aborted) {
      if (server) await watch(server);
      if (signal.aborted) break;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
      server = await startAgain();
    }
    await server?.stop();
  }

  async function watch(server: Server): Promise<void> {
    const startedAt = performance.now();
    const how = await Promise.race([server.ended, cancelled]);
    if (signal.aborted) return;
    if (performance.now() - startedAt > STEADY_MS) pauseMs = PAUSE_MS_MIN;
    log.error(`PostgreSQL (process ${server.pid}) ended unexpectedly (${how}); starting it again`);
  }

  async function startAgain(): Promise<Server | undefined> {
    if (signal.aborted) return undefined;
    try {
      const server = await start(signal);
      log.info(`PostgreSQL is running again (process ${server.pid})`);
      return server;
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'PostgreSQL does not start; trying again');
      return undefined;
    }
  }

  const done = run();
  return {
    stop: () => {
      cancel.abort();
      return done;
    },
  };
}
