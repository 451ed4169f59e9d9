import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { hashSecret } from '../../guards/secret.ts';
import { sessionCookie, sessionCookieOptions } from '../../guards/session-cookie.ts';
import { accountToJson } from '../accounts/account.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { actorOf, needs, readPermissions } from './access.ts';
import type { Authenticated } from './authenticate.ts';
import { type SessionJson, sessionJson } from './session-schemas.ts';

export function registerSessionRoutes(app: FastifyInstance, api: Api): void {
  const docs = { ...apiDocs, tags: ['session'] };

  app.get(
    '/session',
    {
      schema: { ...docs, summary: 'Who am I?', response: { 200: sessionJson, '4xx': problem } },
      ...needs('read'),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return readSession(api, { owner: request.owner, expiresAt: request.sessionExpiresAt });
    },
  );

  app.delete(
    '/session',
    {
      schema: { ...docs, summary: 'Sign the browser out', response: { 204: Type.Null(), '4xx': problem } },
      ...needs('read'),
    },
    async (request, reply) => {
      const secret = request.cookies[sessionCookie];
      if (secret !== undefined) {
        const { accountId } = request.owner;
        await api.store.deleteSession(accountId, hashSecret(secret), actorOf(request));
      }
      return reply.code(204).clearCookie(sessionCookie, sessionCookieOptions(api.publicUrl())).send();
    },
  );
}

export async function readSession(
  api: Pick<Api, 'store' | 'publicUrl'>,
  { owner, expiresAt }: Omit<Authenticated, 'secretHash'>,
): Promise<SessionJson> {
  const account = accountToJson(await accountOf(api, { owner }));
  return {
    signed_in_as: owner.name,
    role: owner.role,
    permissions: await readPermissions(api.store, owner),
    account,
    public_url: api.publicUrl(),
    expires_at: expiresAt,
  };
}
