/** Writes what requests with invalid keys there were, so that their owner sees them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { InvalidKeyRow, Store } from '../store/store.ts';

const everyMs = 1_000;

type Gathered = { take(): { rows: InvalidKeyRow[]; undo: () => void } };

/**
 * Writes what was gathered, every second and at the end. What cannot be written is kept for the next second.
 * @returns what stops it, resolving when nothing is under way
 */
export function keepRecordingInvalidKeys(
  gathered: Gathered,
  store: Pick<Store, 'recordInvalidKeys'>,
  log: Pick<Log, 'warn'>,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const write = async () => {
    const { rows, undo } = gathered.take();
    if (rows.length === 0) return;
    await store.recordInvalidKeys(rows).catch((error: unknown) => {
      undo();
      log.warn({ err: error, count: rows.length }, 'requests with invalid keys cannot be recorded now');
    });
  };
  const run = async () => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
      await write();
    }
    await write(); // what came during the one before
  };
  const done = run();
  return () => {
    stopping.abort();
    return done;
  };
}
