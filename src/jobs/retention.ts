/** Removes what is older than the settings say, so slowly that postbacks do not notice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { RetentionCursor, RetentionKind, Store } from '../store/store.ts';
import { forEachAccount } from './each-account.ts';
import { repeat } from './repeat.ts';

/** How long each kind is kept, in days; null: forever. */
export type Retention = Record<'bodies' | 'postbacks' | 'calls', number | null>;

/** What is removed of an account, in this order, and the setting that says when. */
const settings: [kind: RetentionKind, setting: keyof Retention][] = [
  ['bodies', 'bodies'],
  ['postbacks', 'postbacks'],
  ['deliveries', 'postbacks'],
  ['calls', 'calls'],
];

const dayMs = 86_400_000;
const passEveryMs = 10 * 60_000;
/** A step is followed by a pause of this many times its length: at most a fifth of one core and of one disk. */
const pauseFactor = 4;
const pauseMsMin = 20;

type RetentionStore = Pick<Store, 'listAccountIds' | 'removeOld'>;

/**
 * Goes through all accounts now and every ten minutes. Any number of processes may do so: one at a time removes.
 * @param onRemoved called after every step that removed rows
 * @returns what stops it, resolving when nothing is under way
 */
export function keepRemovingOld(
  store: RetentionStore,
  retention: Retention,
  log: Pick<Log, 'warn'>,
  onRemoved: (kind: RetentionKind, count: number) => void,
): () => Promise<void> {
  if (settings.every(([, setting]) => retention[setting] === null)) return async () => {};
  return repeat(passEveryMs, async (signal) => {
    try {
      await removeAllOld(store, retention, Date.now(), signal, onRemoved);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'what is too old cannot be removed now');
    }
  });
}

/** One pass. An account where another process is at it, or holds a row, is left to the next pass. */
async function removeAllOld(
  store: RetentionStore,
  retention: Retention,
  nowMs: number,
  signal: AbortSignal,
  onRemoved: (kind: RetentionKind, count: number) => void,
): Promise<void> {
  await forEachAccount(await store.listAccountIds(), async (accountId) => {
    for (const [kind, setting] of settings) {
      const days = retention[setting];
      if (days === null) continue;
      const olderThan = new Date(nowMs - days * dayMs).toISOString();
      let after: RetentionCursor | null = null;
      do {
        if (signal.aborted) return;
        const startMs = performance.now();
        const step = await store.removeOld(kind, accountId, olderThan, after);
        if (step === 'busy') return;
        if (step.removed > 0) onRemoved(kind, step.removed);
        after = step.next;
        const pauseMs = Math.max(pauseMsMin, pauseFactor * (performance.now() - startMs));
        await sleep(pauseMs, undefined, { signal, ref: false });
      } while (after !== null);
    }
  });
}
