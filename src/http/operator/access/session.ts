import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { hashSecret } from '../../../core/access/secret.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { ListedSession } from '../../../store/store.ts';
import { sessionCookieName, sessionCookieOptions } from '../../guards/session-cookie.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { accountToJson } from '../accounts/account.ts';
import { listOf } from '../list-schemas.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById } from '../route.ts';
import { actorOf, readPermissions, requirePermission } from './access.ts';
import type { Authenticated } from './authenticate.ts';
import { listedSessionJson, passwordChangeBody, type SessionJson, sessionJson } from './session-schemas.ts';

export function registerSessionRoutes(app: FastifyInstance, api: Api): void {
  const docs = { ...apiDocs, tags: ['session'] };

  app.get(
    '/session',
    {
      schema: { ...docs, summary: 'Who am I?', response: { 200: sessionJson, '4xx': problem } },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return readSession(api, { owner: request.owner, expiresAt: request.sessionExpiresAt });
    },
  );

  app.patch<{ Body: Static<typeof passwordChangeBody> }>(
    '/session/password',
    {
      schema: {
        ...docs,
        summary: 'Change your own password, and sign out your other browsers',
        body: passwordChangeBody,
        response: { 204: Type.Null(), '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { owner, sourceIp, secretHash } = request;
      const { current_password: current, new_password: next } = request.body;
      const passwordHash = await api.passwords.rehash(owner, { current, next, sourceIp });
      if (typeof passwordHash !== 'string') return sendProblem(reply, passwordHash);
      await api.store.changePassword(owner, passwordHash, secretHash, actorOf(request));
      return reply.code(204).send();
    },
  );

  app.get(
    '/sessions',
    {
      schema: {
        ...docs,
        summary: 'List the browsers that are signed in, the one used last first',
        response: { 200: listOf(listedSessionJson), '4xx': problem },
      },
      ...requirePermission('manage_tokens'),
    },
    async (request) => {
      const sessions = await api.store.listSessions(request.owner.accountId);
      const items = sessions.map((session) => listedSessionToJson(session, request.secretHash));
      return { items, next_cursor: null };
    },
  );

  app.delete<ById>(
    '/sessions/:id',
    {
      schema: {
        ...docs,
        summary: 'Sign a browser out from afar',
        response: { 204: Type.Null(), '4xx': problem },
      },
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      if (isUuid(id) && (await api.store.endSession(accountId, id, actorOf(request))))
        return reply.code(204).send();
      const detail = 'There is no session with this id: list them for their ids.';
      return sendProblem(reply, reject('not_found', detail));
    },
  );

  app.delete(
    '/session',
    {
      schema: { ...docs, summary: 'Sign the browser out', response: { 204: Type.Null(), '4xx': problem } },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const secret = request.cookies[sessionCookieName(api.publicUrl())];
      if (secret !== undefined) {
        const { accountId } = request.owner;
        await api.store.deleteSession(accountId, hashSecret(secret), actorOf(request));
      }
      return reply
        .code(204)
        .clearCookie(sessionCookieName(api.publicUrl()), sessionCookieOptions(api.publicUrl()))
        .send();
    },
  );
}

function listedSessionToJson(session: ListedSession, secretHash: Buffer): Static<typeof listedSessionJson> {
  return {
    id: session.sessionId,
    token_name: session.tokenName,
    person_name: session.personName,
    is_current: session.sessionHash.equals(secretHash),
    created_at: session.createdAt,
    last_used_at: session.lastUsedAt,
    expires_at: session.expiresAt,
    source_ip: session.sourceIp,
    user_agent: session.userAgent,
  };
}

export async function readSession(
  api: Pick<Api, 'store' | 'publicUrl'>,
  { owner, expiresAt }: Omit<Authenticated, 'secretHash'>,
): Promise<SessionJson> {
  const account = accountToJson(await accountOf(api, { owner }));
  return {
    signed_in_as: owner.name,
    role: owner.role,
    person_id: owner.personId,
    permissions: await readPermissions(api.store, owner),
    account,
    public_url: api.publicUrl(),
    expires_at: expiresAt,
  };
}
