/**
 * Slows repeated wrong keys and tokens, per network. Every address has a stock of failures, which fills up again
 * slowly; with an empty one, a key or token that this process does not know to be good is not even looked up.
 * Good ones cost nothing here and pass always, from the same address too: it knows those that there were when it started,
 * and those that it has seen since.
 */
import { networkOf } from '../../core/access/address-list.ts';
import { type Rejection, reject } from '../../core/updates/rejection.ts';

const failuresMax = 100;
const refillMs = 1_000;
/** About 2 MB. The network that failed longest ago is forgotten first. */
const networksMax = 10_000;

/** Hashes of keys and tokens that are good, about 2 MB. */
export const goodMax = 20_000;

/** How large the stock is, and how long one failure takes to come back. */
type AuthFailureLimits = { failuresMax: number; refillMs: number };

type Stock = { left: number; countedAtMs: number };

export class AuthFailureLimiter {
  readonly #now: () => number;
  readonly #stocks = new Map<string, Stock>();
  readonly #good = new Set<string>();

  readonly #limits: AuthFailureLimits;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number, limits: AuthFailureLimits = { failuresMax, refillMs }) {
    this.#now = now;
    this.#limits = limits;
  }

  /** Tells of keys and tokens that are good, so that failures of others do not delay the first use of one. */
  trust(hashes: Buffer[]): void {
    for (const hash of hashes) this.#noteGood(nameOf(hash));
  }

  isGood(hash: Buffer): boolean {
    return this.#good.has(nameOf(hash));
  }

  /** True where an unknown key or token should not be looked up now. */
  isSlowed(address: string): boolean {
    if (this.#stocks.size === 0) return false;
    const stock = this.#stocks.get(networkOf(address));
    return stock !== undefined && this.#count(stock) < 1;
  }

  /**
   * What a secret opens, or the rejection where it opens nothing or is not looked up.
   * @param find null for a secret that opens nothing
   */
  async check<T>(
    hash: Buffer,
    address: string,
    rejection: Rejection,
    find: (hash: Buffer) => Promise<T | null>,
  ): Promise<T | Rejection> {
    const isAllowed = this.isGood(hash) || !this.isSlowed(address);
    const found = isAllowed ? await find(hash) : null;
    if (found !== null) {
      this.#noteGood(nameOf(hash));
      return found;
    }
    const waitSeconds = this.fail(address);
    return waitSeconds > 0 ? tooManyAuthFailures(waitSeconds) : rejection;
  }

  #noteGood(name: string): void {
    this.#good.delete(name); // and to the end
    this.#good.add(name);
    const oldest = this.#good.size > goodMax ? this.#good.values().next().value : undefined;
    if (oldest !== undefined) this.#good.delete(oldest);
  }

  /** Counts a failure. @returns 0, or how many seconds to wait where there were too many */
  fail(address: string): number {
    const network = networkOf(address);
    const stock = this.#stocks.get(network) ?? { left: this.#limits.failuresMax, countedAtMs: this.#now() };
    const left = this.#count(stock);
    if (left < 1) return Math.ceil(((1 - left) * this.#limits.refillMs) / 1_000);
    stock.left = left - 1;
    this.#stocks.delete(network); // and to the end
    this.#stocks.set(network, stock);
    const oldest = this.#stocks.size > networksMax ? this.#stocks.keys().next().value : undefined;
    if (oldest !== undefined) this.#stocks.delete(oldest);
    return 0;
  }

  #count(stock: Stock): number {
    const nowMs = this.#now();
    const { failuresMax: max, refillMs: refill } = this.#limits;
    stock.left = Math.min(max, stock.left + (nowMs - stock.countedAtMs) / refill);
    stock.countedAtMs = nowMs;
    return stock.left;
  }
}

function nameOf(hash: Buffer): string {
  return hash.toString('base64');
}

export function tooManyAuthFailures(retryAfterSeconds: number): Rejection {
  const detail = `Too many wrong keys or tokens came from this address: check yours, and try again in ${retryAfterSeconds} s.`;
  return { ...reject('rate_limited', detail), retryAfterSeconds };
}
