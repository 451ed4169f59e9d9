import type { FastifyRequest } from 'fastify';
import { type Refusal, refuse } from '../../core/refusal.ts';
import type { TokenOwner } from '../../store/store.ts';
import { isSameOrigin } from '../same-origin.ts';
import { hashSecret } from '../secret.ts';
import { sessionCookie } from '../session-cookie.ts';
import type { Api } from './route.ts';

/** `expiresAt`: when the session ends that the request came with; null for a token */
export type Authenticated = { owner: TokenOwner; expiresAt: string | null };

/**
 * Who a request speaks for: by its bearer token, or else by its session cookie. A browser sends the cookie by
 * itself, so what is to change something must also come from a page of this server.
 */
export async function authenticate(
  { store, publicUrl }: Pick<Api, 'store' | 'publicUrl'>,
  { headers, cookies, method }: FastifyRequest,
): Promise<Authenticated | Refusal> {
  const token = readBearerToken(headers.authorization);
  const cookie = headers.authorization === undefined ? cookies[sessionCookie] : undefined;
  if (token !== undefined) {
    const owner = await store.findTokenOwner(hashSecret(token));
    if (owner !== null) return { owner, expiresAt: null };
  } else if (cookie !== undefined) {
    if (method !== 'GET' && method !== 'HEAD' && !isSameOrigin(headers, publicUrl())) return wrongOrigin();
    const session = await store.findSession(hashSecret(cookie));
    if (session !== null) return session;
  }
  return refuse('invalid_token', 'Send an API token: Authorization: Bearer TOKEN.');
}

function readBearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
}

export function wrongOrigin(): Refusal {
  return refuse(
    'wrong_origin',
    'Open Ringback at its own address. Behind a proxy that changes the Host header, set PUBLIC_URL to that address.',
  );
}
