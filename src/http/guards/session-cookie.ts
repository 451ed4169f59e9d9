import type { CookieSerializeOptions } from '@fastify/cookie';

/**
 * The cookie of a browser that is signed in. Over HTTPS its prefix keeps other hosts of the domain, and plain HTTP, from setting it.
 * @param publicUrl how browsers reach the server
 */
export function sessionCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-ringback_session' : 'ringback_session';
}

/** Read by no script and no other site. The prefix over HTTPS demands the path `/`; otherwise it is sent to /api/v1 alone. */
export function sessionCookieOptions(publicUrl: string): CookieSerializeOptions {
  const secure = isSecure(publicUrl);
  return { path: secure ? '/' : '/api/v1', httpOnly: true, sameSite: 'strict', secure };
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
