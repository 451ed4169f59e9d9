import type { CookieSerializeOptions } from '@fastify/cookie';

/** The cookie of a browser that is signed in. */
export const sessionCookie = 'ringback_session';

/** Sent to /api/v1 alone, and read by no script and no other site. @param publicUrl how browsers reach the server */
export function sessionCookieOptions(publicUrl: string): CookieSerializeOptions {
  return { path: '/api/v1', httpOnly: true, sameSite: 'strict', secure: publicUrl.startsWith('https:') };
}
