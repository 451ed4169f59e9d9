import type { FastifyReply, FastifyRequest } from 'fastify';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import type { TokenOwner } from '../../../store/store.ts';
import { sessionCookieName, sessionCookieOptions } from '../../guards/session-cookie.ts';
import { actorOf } from '../access/access.ts';
import type { Api } from '../route.ts';

export const sessionDays = 30;
const sessionSeconds = sessionDays * 24 * 3600;
const userAgentCharsMax = 500;

/**
 * Opens a session and gives the browser its cookie.
 * @param tokenHash of the token that opens it; null where a person does
 */
export async function startSession(
  api: Pick<Api, 'store' | 'publicUrl'>,
  { sourceIp, headers }: FastifyRequest,
  reply: FastifyReply,
  owner: TokenOwner,
  tokenHash: Buffer | null,
): Promise<{ owner: TokenOwner; expiresAt: string }> {
  const secret = makeSecret('rbs');
  const expiresAt = new Date(Date.now() + sessionSeconds * 1000).toISOString();
  const userAgent = headers['user-agent']?.slice(0, userAgentCharsMax) ?? null;
  const session = { owner, sessionHash: hashSecret(secret), tokenHash, expiresAt, sourceIp, userAgent };
  await api.store.createSession(session, actorOf({ owner, sourceIp }));
  const options = { ...sessionCookieOptions(api.publicUrl()), maxAge: sessionSeconds };
  reply.setCookie(sessionCookieName(api.publicUrl()), secret, options).header('cache-control', 'no-store');
  return { owner, expiresAt };
}
