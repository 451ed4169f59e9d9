import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { Invalid } from '../../../core/values/fault.ts';
import { readInstant } from '../../../core/values/time/instant.ts';
import type { Token } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { answerPage } from '../list-page.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isUuid } from '../page.ts';
import { type Api, type ById, docsOf, documentedOnly, type List } from '../route.ts';
import { actorOf, requirePermission } from './access.ts';
import { type TokenJson, tokenBody, tokenJson, tokenWithSecretJson } from './token-schemas.ts';

export function registerTokenRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = docsOf('tokens');

  app.post<{ Body: Static<typeof tokenBody> }>(
    '/tokens',
    {
      schema: { ...docs('Create a token', { 201: tokenWithSecretJson }), body: tokenBody },
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { name, role, expires_at: expires = null } = request.body;
      const secret = makeSecret('rbt');
      const settings = { name: name.trim(), role, expiresAt: expires === null ? null : instantOf(expires) };
      const { accountId } = request.owner;
      const token = await store.createToken(accountId, settings, hashSecret(secret), actorOf(request));
      reply.code(201).header('cache-control', 'no-store');
      return { ...tokenToJson(token), token: secret };
    },
  );

  app.get<List>(
    '/tokens',
    {
      schema: {
        ...docs('List the tokens, newest first', { 200: listOf(tokenJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('manage_tokens'),
    },
    (request, reply) => answerPage(request, reply, store.listTokens, tokenToJson),
  );

  app.delete<ById>(
    '/tokens/:id',
    {
      schema: docs('Revoke a token, and sign out the browsers that use it', { 204: Type.Null() }),
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const done = isUuid(id) ? await store.revokeToken(accountId, id, actorOf(request)) : 'unknown';
      if (done === 'revoked') return reply.code(204).send();
      return sendUnrevoked(reply, done);
    },
  );
}

function sendUnrevoked(reply: FastifyReply, why: 'unknown' | 'from_settings'): FastifyReply {
  if (why === 'unknown')
    return sendProblem(
      reply,
      reject('not_found', 'There is no token with this id: list them for their ids.'),
    );
  const detail = 'Set another ADMIN_TOKEN, or delete DATA_DIR/admin-token, and start Ringback again.';
  return sendProblem(reply, reject('token_in_settings', detail));
}

function tokenToJson(token: Token): TokenJson {
  return {
    id: token.tokenId,
    name: token.name,
    role: token.role,
    from_settings: token.isFromSettings,
    expires_at: token.expiresAt,
    last_used_at: token.lastUsedAt,
    created_at: token.createdAt,
  };
}

/** @param text of the format `future`, which reads it in the same way */
function instantOf(text: string): string {
  const instant = readInstant(text, 'UTC');
  if (instant instanceof Invalid) throw new Error(`a time that was checked cannot be read: ${text}`);
  return instant;
}
