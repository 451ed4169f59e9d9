import type { OutcomeCounts } from '../../../core/updates/postback.ts';

const minuteMs = 60_000;
/** A postback is in the log of its minute a little later than it came; then its minute changes no more. */
const settledMs = 2 * minuteMs;
const accountsMax = 1_000;

export type Minute = { at: number; counts: OutcomeCounts | null };

export type MinuteCountsOptions = {
  /** counts the postbacks received from one instant until before another, in epoch milliseconds */
  count(accountId: string, fromMs: number, toMs: number): Promise<OutcomeCounts>;
  now(): number;
  /** how long one reading may go on counting */
  budgetMs: number;
};

/** `at`: when it was counted; a minute that was not settled then is counted again. */
type Counted = { counts: OutcomeCounts; at: number };

/**
 * Postbacks a minute. Minutes that are over are counted once and remembered. What a reading cannot count within its
 * budget, the older minutes of a busy hour, it leaves to the next ones: no reading is slow, however much there is.
 */
export class MinuteCounts {
  readonly #options: MinuteCountsOptions;
  readonly #byAccount = new Map<string, Map<number, Counted>>();
  readonly #reading = new Map<string, Promise<Minute[]>>();

  constructor(options: MinuteCountsOptions) {
    this.#options = options;
  }

  /** The last `minutes` minutes, oldest first; those who ask at once share one reading. */
  read(accountId: string, minutes: number): Promise<Minute[]> {
    const underWay = this.#reading.get(accountId);
    if (underWay !== undefined) return underWay;
    const reading = this.#count(accountId, minutes).finally(() => this.#reading.delete(accountId));
    this.#reading.set(accountId, reading);
    return reading;
  }

  async #count(accountId: string, minutes: number): Promise<Minute[]> {
    const { count, now, budgetMs } = this.#options;
    const startedMs = now();
    const newest = Math.floor(startedMs / minuteMs) * minuteMs;
    const shown = Array.from({ length: minutes }, (_, ago) => newest - ago * minuteMs);
    const known = this.#remembered(accountId, newest - minutes * minuteMs);
    for (const at of [newest, ...unknownFirst(shown.slice(1), known)]) {
      if (now() - startedMs >= budgetMs) break;
      const countedAt = now();
      known.set(at, { counts: await count(accountId, at, at + minuteMs), at: countedAt });
    }
    return shown.reverse().map((at) => ({ at, counts: known.get(at)?.counts ?? null }));
  }

  /** What is known of an account, without what is too old to be asked for. */
  #remembered(accountId: string, oldestMs: number): Map<number, Counted> {
    const known = this.#byAccount.get(accountId) ?? new Map<number, Counted>();
    for (const at of known.keys()) if (at <= oldestMs) known.delete(at);
    this.#byAccount.delete(accountId); // and set again: the account that was asked for longest ago comes first
    this.#byAccount.set(accountId, known);
    const oldest = this.#byAccount.size > accountsMax ? this.#byAccount.keys().next().value : undefined;
    if (oldest !== undefined) this.#byAccount.delete(oldest);
    return known;
  }
}

/** The minutes that are to be counted: those that never were, then those that were not settled. */
function unknownFirst(minutes: number[], known: Map<number, Counted>): number[] {
  const isSettled = (at: number) => (known.get(at)?.at ?? 0) >= at + minuteMs + settledMs;
  return [
    ...minutes.filter((at) => !known.has(at)),
    ...minutes.filter((at) => known.has(at) && !isSettled(at)),
  ];
}
