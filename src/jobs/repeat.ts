import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes a pass now and again `pauseMs` after the end of each, until it is stopped. A pass catches its own errors.
 * @returns what stops it, resolving when nothing is under way
 */
export function repeat(
  pauseMs: number,
  makePass: (signal: AbortSignal) => Promise<void>,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await makePass(signal);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const done = run();
  return () => {
    stopping.abort();
    return done;
  };
}
