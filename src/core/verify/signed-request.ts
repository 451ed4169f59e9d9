import { timingSafeEqual } from 'node:crypto';

/** What a signature can cover. */
export type SignedRequest = {
  method: string;
  /** as the sender has it: PUBLIC_URL, then path and query to the byte */
  url: string;
  /** names in lower case */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** as received; bytes where the text is not UTF-8 */
  body: string | Uint8Array;
};

/** How one scheme checks a request. Pure: the clock is passed in. */
export type Scheme<Settings = object> = {
  /**
   * @param secrets the request is accepted if one of them signed it
   * @returns null if it is signed, otherwise what the sender must do
   */
  check(request: SignedRequest, secrets: readonly string[], nowMs: number, settings: Settings): string | null;
  /** False: the parameters of the query are not signed, so they must not say anything that matters. */
  coversQuery(method: string, settings: Settings): boolean;
  /** What a secret of this scheme is, for the person who pastes it. */
  secret: string;
  isSecret(text: string): boolean;
};

/** The header's text; empty if it is absent or sent twice. */
export function headerOf({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** In constant time for texts of the same length; the length of a digest is no secret. */
export function isSame(presented: Uint8Array, expected: Uint8Array): boolean {
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}

/** The fields of a form body; none if the body is not a form. */
export function formOf(request: SignedRequest): [string, string][] {
  return isForm(request) ? [...new URLSearchParams(textOf(request.body))] : [];
}

export function isForm(request: SignedRequest): boolean {
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headerOf(request, 'content-type'));
}

export function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

/** Names in order, and the values of each in order. */
export function sortPairs(pairs: readonly [string, string][]): [string, string][] {
  return [...pairs].sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Unix seconds (10 digits) or milliseconds (13), as milliseconds; NaN for anything else. */
export function readUnixMs(text: string): number {
  if (/^\d{10}$/.test(text)) return Number(text) * 1_000;
  return /^\d{13}$/.test(text) ? Number(text) : Number.NaN;
}

/** @returns null if the time is near enough, otherwise what to do */
export function rejectAge(
  sentAtMs: number,
  nowMs: number,
  toleranceSeconds: number,
  what: string,
): string | null {
  if (Math.abs(nowMs - sentAtMs) <= toleranceSeconds * 1_000) return null;
  return `Send the current Unix time as ${what}: this one is unreadable or more than ${toleranceSeconds} seconds off. Check the clocks of both servers.`;
}
