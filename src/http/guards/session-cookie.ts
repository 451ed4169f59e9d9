import type { CookieSerializeOptions } from '@fastify/cookie';

/**
 * The cookie of a browser that is signed in. Over HTTPS its prefix keeps other hosts of the domain, and plain HTTP, from setting it.
 * Where the host is shared, it is for the path of this server alone, which the stronger prefix does not allow.
 * @param publicUrl how browsers reach the server
 */
export function sessionCookieName(publicUrl: string): string {
  if (!isSecure(publicUrl)) return 'ringback_session';
  return pathOf(publicUrl) === '' ? '__Host-ringback_session' : '__Secure-ringback_session';
}

/** Read by no script and no other site. The prefix `__Host-` requires the path `/`; otherwise it is sent to /api/v1 alone. */
export function sessionCookieOptions(publicUrl: string): CookieSerializeOptions {
  const [secure, path] = [isSecure(publicUrl), pathOf(publicUrl)];
  return { path: secure && path === '' ? '/' : `${path}/api/v1`, httpOnly: true, sameSite: 'strict', secure };
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}

function pathOf(publicUrl: string): string {
  return URL.parse(publicUrl)?.pathname.replace(/\/$/, '') ?? '';
}
