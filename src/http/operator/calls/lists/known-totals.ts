/** Totals that were summed up before, for as long as no call has changed since: of many calls a look takes a second. */
import type { CallFilter, ReportSums, Store } from '../../../../store/store.ts';
import { RecentMap } from '../../../recent-map.ts';

const keptMax = 500;
/** What a version does not tell (retention) is seen by then. */
const keptMsMax = 30_000;

type Known = { version: string; totals: Promise<ReportSums>; readAtMs: number };

export class KnownTotals {
  readonly #store: Pick<Store, 'totalCalls' | 'readChangeVersions'>;
  readonly #known = new RecentMap<Known>(keptMax);

  constructor(store: Pick<Store, 'totalCalls' | 'readChangeVersions'>) {
    this.#store = store;
  }

  /** Exact. Requests that come while the same is summed up wait for the one look. */
  async read(accountId: string, filter: CallFilter): Promise<ReportSums> {
    // Read before the look: what changes during it is another version.
    const version = (await this.#store.readChangeVersions([accountId])).get(accountId)?.calls ?? '';
    const key = JSON.stringify([accountId, filter]);
    const known = this.#known.get(key);
    const readAtMs = performance.now();
    if (known?.version === version && readAtMs - known.readAtMs < keptMsMax) return known.totals;
    const totals = this.#store.totalCalls(accountId, filter);
    const entry = { version, totals, readAtMs };
    this.#known.set(key, entry);
    totals.catch(() => {
      if (this.#known.peek(key) === entry) this.#known.delete(key);
    });
    return totals;
  }
}
