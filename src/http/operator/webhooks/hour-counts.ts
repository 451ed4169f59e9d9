import { noOutcomes, type OutcomeCounts } from '../../../core/updates/postback.ts';
import type { OutcomesOfWebhook } from '../../../store/store.ts';

const hourMs = 3_600_000;
/** A postback is in the log a little later than it came; after that its hour changes no more. */
const settledMs = 2 * 60_000;
/** How long the count of an hour that is not settled is good for. */
const freshMs = 5_000;
const accountsMax = 200;

export type Hour = { at: number; byWebhook: Map<string, OutcomeCounts> | null };

export type HourCountsOptions = {
  /** counts the postbacks received from one instant until before another, in epoch milliseconds */
  count(accountId: string, fromMs: number, toMs: number): Promise<OutcomesOfWebhook[]>;
  now(): number;
  /** how long one reading may go on counting */
  budgetMs: number;
};

type Counted = { byWebhook: Map<string, OutcomeCounts>; countedAt: number };

/**
 * Postbacks an hour by webhook and outcome. Hours that are over are counted once and remembered. What a reading cannot
 * count within its budget it leaves to the next ones, the newest first: no reading is slow, however much there is.
 */
export class HourCounts {
  readonly #options: HourCountsOptions;
  readonly #byAccount = new Map<string, Map<number, Counted>>();
  /** readings take turns, so that those who ask at once count nothing twice */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: HourCountsOptions) {
    this.#options = options;
  }

  /** The last `hours` hours with the current one, oldest first. */
  async read(accountId: string, hours: number, hoursKept: number): Promise<Hour[]> {
    const before = this.#turns.get(accountId) ?? Promise.resolve();
    const reading = before.catch(() => {}).then(() => this.#count(accountId, hours, hoursKept));
    this.#turns.set(accountId, reading);
    try {
      return await reading;
    } finally {
      if (this.#turns.get(accountId) === reading) this.#turns.delete(accountId);
    }
  }

  async #count(accountId: string, hours: number, hoursKept: number): Promise<Hour[]> {
    const { count, now, budgetMs } = this.#options;
    const startedAt = now();
    const newest = Math.floor(startedAt / hourMs) * hourMs;
    const known = this.#remembered(accountId, newest - hoursKept * hourMs);
    const shown = Array.from({ length: hours }, (_, ago) => newest - ago * hourMs);
    for (const at of shown) {
      if (isGood(at, known.get(at), now())) continue;
      if (now() - startedAt >= budgetMs) break;
      const countedAt = now();
      const rows = await count(accountId, at, at + hourMs);
      known.set(at, { byWebhook: byWebhook(rows), countedAt });
    }
    return shown.reverse().map((at) => ({ at, byWebhook: known.get(at)?.byWebhook ?? null }));
  }

  /** What is known of an account, without what is too old to be asked for. */
  #remembered(accountId: string, oldest: number): Map<number, Counted> {
    const known = this.#byAccount.get(accountId) ?? new Map<number, Counted>();
    for (const at of known.keys()) if (at <= oldest) known.delete(at);
    this.#byAccount.delete(accountId); // and set again: the account that was asked for longest ago comes first
    this.#byAccount.set(accountId, known);
    const first = this.#byAccount.size > accountsMax ? this.#byAccount.keys().next().value : undefined;
    if (first !== undefined) this.#byAccount.delete(first);
    return known;
  }
}

function isGood(at: number, counted: Counted | undefined, nowMs: number): boolean {
  if (counted === undefined) return false;
  return counted.countedAt >= at + hourMs + settledMs || nowMs - counted.countedAt < freshMs;
}

function byWebhook(rows: OutcomesOfWebhook[]): Map<string, OutcomeCounts> {
  const counts = new Map<string, OutcomeCounts>();
  for (const { webhookId, status, count } of rows) {
    const ofWebhook = counts.get(webhookId) ?? noOutcomes();
    ofWebhook[status] = count;
    counts.set(webhookId, ofWebhook);
  }
  return counts;
}
