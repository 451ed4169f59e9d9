/** How many were taken, of how many: for one minute after the first, then from the beginning. */
export class RateWindow {
  #endsAtMs = Number.NEGATIVE_INFINITY;
  #taken = 0;

  /** Counts one more. @param nowMs of a clock that only goes forward */
  take(quota: number, nowMs: number): Taken {
    if (nowMs >= this.#endsAtMs) {
      this.#endsAtMs = nowMs + windowMs;
      this.#taken = 0;
    }
    this.#taken += 1;
    return {
      quota,
      remaining: Math.max(quota - this.#taken, 0),
      // Whole milliseconds first: (a + 60,000) - a is a hair more than 60,000 for many a.
      resetSeconds: Math.max(Math.ceil(Math.round(this.#endsAtMs - nowMs) / 1_000), 1),
      over: Math.max(this.#taken - quota, 0),
    };
  }
}

export type Taken = {
  quota: number;
  /** how many more may come in this window */
  remaining: number;
  /** whole seconds until the next one begins, at least 1 */
  resetSeconds: number;
  /** 0 where it was within the quota; else which one beyond it this is, from 1 */
  over: number;
};

const windowMs = 60_000;
const windowSeconds = windowMs / 1_000;

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
export function rateHeaders({ quota, remaining, resetSeconds }: Taken): Record<string, string> {
  return {
    'ratelimit-policy': `"webhook";q=${quota};w=${windowSeconds}`,
    ratelimit: `"webhook";r=${remaining};t=${resetSeconds}`,
  };
}

/** Of a flood, the 1st, 2nd, 4th, 8th … are worth keeping: a few entries, which still tell how large it was. */
export function isSample(count: number): boolean {
  return (count & (count - 1)) === 0;
}
