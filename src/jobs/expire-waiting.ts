/** Ends the wait of postbacks whose call did not come in time. */
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { forEachAccount } from './each-account.ts';
import { repeat } from './repeat.ts';

const everyMs = 60_000;
/** Postbacks that one statement expires: each is a row version, and nothing is held in between. */
const stepMax = 500;

type WaitingStore = Pick<Store, 'listAccountIds' | 'expireWaiting'>;

/**
 * Looks at all accounts now and every minute. Any number of processes may do so at once.
 * @returns what stops it, resolving when nothing is under way
 */
export function keepExpiringWaiting(
  store: WaitingStore,
  log: Pick<Log, 'info' | 'warn'>,
): () => Promise<void> {
  return repeat(everyMs, (signal) =>
    expireAll(store, log, signal).catch((error: unknown) => {
      log.warn({ err: error }, 'waiting postbacks cannot be expired now');
    }),
  );
}

async function expireAll(store: WaitingStore, log: Pick<Log, 'info'>, signal: AbortSignal): Promise<void> {
  await forEachAccount(await store.listAccountIds(), async (accountId) => {
    let count = 0;
    let expired = stepMax;
    while (expired === stepMax && !signal.aborted) {
      expired = await store.expireWaiting(accountId, stepMax);
      count += expired;
    }
    if (count > 0) log.info({ accountId, count }, 'waiting postbacks expired');
  });
}
