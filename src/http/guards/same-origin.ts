import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request comes from a page of this server. Current browsers declare it themselves in `Sec-Fetch-Site`, which no page
 * can set. Others send `Origin`, which must be the public URL's, or that of the host they asked, with the same scheme.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined || host === '') return false;
  const own = new URL(publicUrl);
  return origin === own.origin || origin.toLowerCase() === `${own.protocol}//${host.toLowerCase()}`;
}

/** True for a request of a browser; others send neither header. */
export function isOfBrowser({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return origin !== undefined || site !== undefined;
}
