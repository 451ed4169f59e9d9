import { LRUCache } from 'lru-cache';

/** A postback is in the log of its period a little later than it came; after that its period changes no more. */
const settledMs = 2 * 60_000;
const accountsMax = 1_000;

export type Period<T> = { at: number; counts: T | null };

export type PeriodCountsOptions<T> = {
  periodMs: number;
  /** how many periods are kept */
  periodsMax: number;
  /** counts the postbacks received from one instant until before another, in epoch milliseconds */
  count(accountId: string, fromMs: number, toMs: number): Promise<T>;
  now(): number;
  /** how long one reading may go on counting */
  budgetMs: number;
  /** how long the count of a period that is not settled is used again */
  freshMs: number;
};

type Counted<T> = { counts: T; countedAtMs: number };

/**
 * Postbacks a minute or an hour. Periods that are over are counted once and kept. What a reading cannot count within its
 * budget, the older periods, it leaves to the next ones: no reading is slow, however much there is.
 */
export class PeriodCounts<T> {
  readonly #options: PeriodCountsOptions<T>;
  readonly #byAccount = new LRUCache<string, Map<number, Counted<T>>>({ max: accountsMax });
  /** the last one of each account */
  readonly #readings = new Map<string, { periods: number; result: Promise<Period<T>[]> }>();

  constructor(options: PeriodCountsOptions<T>) {
    this.#options = options;
  }

  /**
   * The last `periods` with the current one, oldest first. Readings of an account run one after another, so that they
   * count nothing twice; those of the same length that are asked for at once are one.
   */
  async read(accountId: string, periods: number): Promise<Period<T>[]> {
    const before = this.#readings.get(accountId);
    if (before?.periods === periods) return before.result;
    const result = (before?.result ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#read(accountId, periods));
    const reading = { periods, result };
    this.#readings.set(accountId, reading);
    try {
      return await result;
    } finally {
      if (this.#readings.get(accountId) === reading) this.#readings.delete(accountId);
    }
  }

  async #read(accountId: string, periods: number): Promise<Period<T>[]> {
    const { count, now, budgetMs, periodMs } = this.#options;
    const startedMs = now();
    const newest = Math.floor(startedMs / periodMs) * periodMs;
    const shown = Array.from({ length: periods }, (_, ago) => newest - ago * periodMs);
    const known = this.#known(accountId, newest);
    const [unknown, unsettled] = [shown.filter((at) => !known.has(at)), shown.filter((at) => known.has(at))];
    for (const at of new Set([newest, ...unknown, ...unsettled])) {
      if (this.#isGood(at, known.get(at))) continue;
      if (now() - startedMs >= budgetMs) break;
      const countedAtMs = now();
      known.set(at, { counts: await count(accountId, at, at + periodMs), countedAtMs });
    }
    return shown.reverse().map((at) => ({ at, counts: known.get(at)?.counts ?? null }));
  }

  #isGood(at: number, counted: Counted<T> | undefined): boolean {
    if (counted === undefined) return false;
    const { periodMs, freshMs, now } = this.#options;
    return counted.countedAtMs >= at + periodMs + settledMs || now() - counted.countedAtMs < freshMs;
  }

  /** What is known of an account, without what is too old to be asked for. */
  #known(accountId: string, newest: number): Map<number, Counted<T>> {
    const { periodMs, periodsMax } = this.#options;
    const known = this.#byAccount.get(accountId) ?? new Map<number, Counted<T>>();
    for (const at of known.keys()) if (at <= newest - periodsMax * periodMs) known.delete(at);
    this.#byAccount.set(accountId, known);
    return known;
  }
}
