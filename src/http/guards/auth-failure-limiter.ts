/**
 * Slows repeated wrong keys and tokens, per network. Every address has a stock of failures, which fills up again
 * slowly; with an empty one, a key or token that this process does not know to be good is not even looked up.
 * Good ones cost nothing here and pass always, from the same address too: it knows those that there were when it started,
 * and those that it has seen since.
 */
import { LRUCache } from 'lru-cache';
import { networkOf } from '../../core/access/address-list.ts';
import { type Rejection, reject } from '../../core/updates/rejection.ts';

const failuresMax = 100;
const refillMs = 1_000;
/** About 2 MB. The network that failed longest ago is dropped first. */
const networksMax = 10_000;

/** Hashes of keys and tokens that are good, about 2 MB. */
export const goodMax = 20_000;

/** How large the stock is, and how long one failure takes to come back. */
type AuthFailureLimits = { failuresMax: number; refillMs: number };

type Stock = { left: number; countedAtMs: number };

export class AuthFailureLimiter {
  readonly #now: () => number;
  readonly #stocks = new LRUCache<string, Stock>({ max: networksMax });
  readonly #good = new LRUCache<string, true>({ max: goodMax });

  readonly #limits: AuthFailureLimits;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number, limits: AuthFailureLimits = { failuresMax, refillMs }) {
    this.#now = now;
    this.#limits = limits;
  }

  /** Tells of keys and tokens that are good, so that failures of others do not delay the first use of one. */
  trust(hashes: Buffer[]): void {
    for (const hash of hashes) this.#good.set(nameOf(hash), true);
  }

  isGood(hash: Buffer): boolean {
    return this.#good.has(nameOf(hash));
  }

  /** True where an unknown key or token should not be looked up now. */
  isSlowed(address: string): boolean {
    if (this.#stocks.size === 0) return false;
    const stock = this.#stocks.peek(networkOf(address));
    return stock !== undefined && this.#leftOf(stock) < 1;
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
      this.#good.set(nameOf(hash), true);
      return found;
    }
    const waitSeconds = this.fail(address);
    return waitSeconds > 0 ? tooManyAuthFailures(waitSeconds) : rejection;
  }

  /** Counts a failure. @returns 0, or how many seconds to wait where there were too many */
  fail(address: string): number {
    const network = networkOf(address);
    const stock = this.#stocks.peek(network);
    const left = stock === undefined ? this.#limits.failuresMax : this.#leftOf(stock);
    if (left < 1) return Math.ceil(((1 - left) * this.#limits.refillMs) / 1_000);
    this.#stocks.set(network, { left: left - 1, countedAtMs: this.#now() });
    return 0;
  }

  #leftOf({ left, countedAtMs }: Stock): number {
    return Math.min(this.#limits.failuresMax, left + (this.#now() - countedAtMs) / this.#limits.refillMs);
  }
}

function nameOf(hash: Buffer): string {
  return hash.toString('base64');
}

export function tooManyAuthFailures(retryAfterSeconds: number): Rejection {
  const detail = `Too many wrong keys or tokens came from this address: check yours, and try again in ${retryAfterSeconds} s.`;
  return { ...reject('rate_limited', detail), retryAfterSeconds };
}
