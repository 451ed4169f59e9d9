const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The waits after the first, second, … failed attempt. There is no attempt after the last one. */
const waitsMs = [5 * secondMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs, 10 * hourMs];
/** At most this part is added, so that deliveries which failed together are not tried again together. */
const jitterShare = 0.1;
const retryAfterMsMax = 24 * hourMs;

/**
 * How long to wait after a failed attempt; null where it was the last one.
 * @param attempts how many have been made
 * @param retryAfterMs what the receiver asked for: it is never tried earlier
 * @param random 0 to 1
 */
export function waitBeforeRetry(attempts: number, retryAfterMs: number, random: number): number | null {
  const waitMs = waitsMs[attempts - 1];
  if (waitMs === undefined) return null;
  const wished = Math.min(retryAfterMs, retryAfterMsMax);
  return Math.round(Math.max(waitMs, wished) * (1 + jitterShare * random));
}

/** A `Retry-After` header in milliseconds from now: seconds, or a date. 0 where there is none that can be read. */
export function readRetryAfter(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * secondMs;
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
