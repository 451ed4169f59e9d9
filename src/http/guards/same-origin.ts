import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request that changes something comes from a page of this server. Browsers send `Origin` with every
 * such request, and pages cannot forge it; one without it must be declared by the browser as of this site.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'same-origin';
  return URL.parse(origin)?.host === host?.toLowerCase() || origin === new URL(publicUrl).origin;
}
