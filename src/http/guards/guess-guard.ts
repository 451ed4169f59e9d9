/**
 * Slows the guessing of keys and tokens, per network. Every address has a stock of failures, which fills up again
 * slowly; with an empty one, a key or token that this process has not seen to be good is not even looked up.
 * Good ones cost nothing here and pass always, from the same address too.
 */
import { networkOf } from '../../address-list.ts';
import { type Refusal, refuse } from '../../core/refusal.ts';

const failuresMax = 100;
const refillMs = 1_000;
/** About 2 MB. The network that failed longest ago is forgotten first. */
const networksMax = 10_000;

/** Tokens that were good lately; those of an installation are few. */
const goodMax = 1_000;

type Stock = { left: number; countedAtMs: number };

export class GuessGuard {
  readonly #now: () => number;
  readonly #stocks = new Map<string, Stock>();

  readonly #good = new Set<string>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** True where nothing that might be a guess should be looked at now. */
  isSlowed(address: string): boolean {
    if (this.#stocks.size === 0) return false;
    const stock = this.#stocks.get(networkOf(address));
    return stock !== undefined && this.#count(stock) < 1;
  }

  /**
   * What a secret opens, or the refusal where it opens nothing or is not looked up.
   * @param find null for a secret that opens nothing
   */
  async check<T>(
    hash: Buffer,
    address: string,
    refusal: Refusal,
    find: (hash: Buffer) => Promise<T | null>,
  ): Promise<T | Refusal> {
    const name = hash.toString('base64');
    const isAllowed = this.#good.has(name) || !this.isSlowed(address);
    const found = isAllowed ? await find(hash) : null;
    if (found !== null) {
      this.#noteGood(name);
      return found;
    }
    const waitSeconds = this.fail(address);
    return waitSeconds > 0 ? tooManyGuesses(waitSeconds) : refusal;
  }

  #noteGood(name: string): void {
    const oldest = this.#good.size === goodMax ? this.#good.values().next().value : undefined;
    if (oldest !== undefined) this.#good.delete(oldest);
    this.#good.add(name);
  }

  /** Counts a failure. @returns 0, or how many seconds to wait where there were too many */
  fail(address: string): number {
    const network = networkOf(address);
    const stock = this.#stocks.get(network) ?? { left: failuresMax, countedAtMs: this.#now() };
    const left = this.#count(stock);
    if (left < 1) return Math.ceil(((1 - left) * refillMs) / 1_000);
    stock.left = left - 1;
    this.#stocks.delete(network); // and to the end
    this.#stocks.set(network, stock);
    const oldest = this.#stocks.size > networksMax ? this.#stocks.keys().next().value : undefined;
    if (oldest !== undefined) this.#stocks.delete(oldest);
    return 0;
  }

  #count(stock: Stock): number {
    const nowMs = this.#now();
    stock.left = Math.min(failuresMax, stock.left + (nowMs - stock.countedAtMs) / refillMs);
    stock.countedAtMs = nowMs;
    return stock.left;
  }
}

export function tooManyGuesses(retryAfterSeconds: number): Refusal {
  const detail = `Too many wrong keys or tokens came from this address: check yours, and try again in ${retryAfterSeconds} s.`;
  return { ...refuse('rate_limited', detail), retryAfterSeconds };
}
