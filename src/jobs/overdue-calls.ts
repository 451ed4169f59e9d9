/** Completes live calls that never end, so that the updates which wait for them do not wait forever. */
import type { Log } from '../log.ts';
import type { OverdueCall, Store } from '../store/store.ts';
import { repeat } from './repeat.ts';

const everyMs = 60_000;
/** Calls that are listed at once. Each is completed in a separate transaction, with nothing held in between. */
const pageMax = 100;
const hourMs = 3_600_000;

type OverdueStore = Pick<Store, 'listOverdueCalls' | 'completeOverdueCall' | 'isUnavailable'>;

/**
 * Looks for overdue calls of all accounts now and every minute. Any number of processes may do so at once.
 * @param hoursMax how long a call may be live after it started
 * @returns what stops it, resolving when nothing is under way
 */
export function keepCompletingOverdueCalls(
  store: OverdueStore,
  hoursMax: number,
  log: Pick<Log, 'info' | 'warn'>,
): () => Promise<void> {
  return repeat(everyMs, async (signal) => {
    const count = await completeOverdueCalls(store, hoursMax, log, signal);
    if (count > 0) log.info({ count }, `completed calls that were live for ${hoursMax} hours`);
  });
}

/** One pass over all accounts. A call that cannot be completed now is left to the next one. @returns how many were */
async function completeOverdueCalls(
  store: OverdueStore,
  hoursMax: number,
  log: Pick<Log, 'warn'>,
  signal: AbortSignal,
): Promise<number> {
  const startedBefore = new Date(Date.now() - hoursMax * hourMs).toISOString();
  const by = `Ringback: no end within ${hoursMax} h`;
  const complete = (call: OverdueCall) =>
    store.completeOverdueCall(call, startedBefore, by).catch((error: unknown) => {
      if (store.isUnavailable(error)) throw error;
      log.warn({ err: error, ...call }, 'an overdue call cannot be completed'); // the others can
      return false;
    });
  let count = 0;
  try {
    let page = await store.listOverdueCalls(startedBefore, pageMax, null);
    while (page.length > 0) {
      for (const call of page) {
        if (signal.aborted) return count;
        if (await complete(call)) count += 1;
      }
      page = await store.listOverdueCalls(startedBefore, pageMax, page.at(-1) ?? null);
    }
  } catch (error) {
    log.warn({ err: error }, 'overdue calls cannot be completed now');
  }
  return count;
}
