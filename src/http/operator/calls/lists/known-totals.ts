/** Totals that were summed up before, for as long as no call has changed since: of many calls a look takes a second. */
import { LRUCache } from 'lru-cache';
import type { CallFilter, ReportSums, Store } from '../../../../store/store.ts';

const keptMax = 500;
/** What a version does not tell (retention) is seen by then. */
const keptMsMax = 30_000;

type Known = { version: string; totals: Promise<ReportSums> };

export class KnownTotals {
  readonly #store: Pick<Store, 'totalCalls' | 'readChangeVersions'>;
  readonly #known = new LRUCache<string, Known>({ max: keptMax, ttl: keptMsMax });

  constructor(store: Pick<Store, 'totalCalls' | 'readChangeVersions'>) {
    this.#store = store;
  }

  /** Exact. Requests that come while the same is summed up wait for the one look. */
  async read(accountId: string, filter: CallFilter): Promise<ReportSums> {
    // Read before the look: what changes during it is another version.
    const version = (await this.#store.readChangeVersions([accountId])).get(accountId)?.calls ?? '';
    const key = JSON.stringify([accountId, filter]);
    const known = this.#known.get(key);
    if (known?.version === version) return known.totals;
    const totals = this.#store.totalCalls(accountId, filter);
    const entry = { version, totals };
    this.#known.set(key, entry);
    totals.catch(() => {
      if (this.#known.peek(key) === entry) this.#known.delete(key);
    });
    return totals;
  }
}
