import type { FastifyRequest } from 'fastify';
import { hashSecret } from '../../../core/access/secret.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { TokenOwner } from '../../../store/store.ts';
import { isSameOrigin } from '../../guards/same-origin.ts';
import { sessionCookieName } from '../../guards/session-cookie.ts';
import type { Api } from '../route.ts';

export type Authenticated = {
  owner: TokenOwner;
  /** when the session ends that the request came with; null for a token */
  expiresAt: string | null;
  /** of the token or session */
  secretHash: Buffer;
};

/**
 * Who a request speaks for: by its bearer token, or else by its session cookie. A browser sends the cookie by
 * itself, so what is to change something must also come from a page of this server.
 */
export async function authenticate(
  { store, publicUrl, authFailures }: Pick<Api, 'store' | 'publicUrl' | 'authFailures'>,
  { headers, cookies, method, sourceIp }: FastifyRequest,
): Promise<Authenticated | Rejection> {
  const token = readBearerToken(headers.authorization);
  const cookie = headers.authorization === undefined ? cookies[sessionCookieName(publicUrl())] : undefined;
  const isCookie = token === undefined && cookie !== undefined;
  if (isCookie && method !== 'GET' && method !== 'HEAD' && !isSameOrigin(headers, publicUrl()))
    return wrongOrigin();
  const rejection = reject('invalid_token', 'Send an API token: Authorization: Bearer TOKEN.');
  const secret = token ?? cookie;
  if (secret === undefined) return rejection;
  return authFailures.check(hashSecret(secret), sourceIp, rejection, async (hash) => {
    const found = isCookie ? await store.findSession(hash) : await findToken(store, hash);
    return found === null ? null : { ...found, secretHash: hash };
  });
}

async function findToken({ findTokenOwner }: Pick<Api['store'], 'findTokenOwner'>, hash: Buffer) {
  const owner = await findTokenOwner(hash);
  return owner === null ? null : { owner, expiresAt: null };
}

function readBearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
}

export function wrongOrigin(): Rejection {
  return reject(
    'wrong_origin',
    'Open Ringback at its own address. Behind a proxy that changes the Host header, set PUBLIC_URL to that address.',
  );
}
