import cookies from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { isOfBrowser, isSameOrigin } from '../../guards/same-origin.ts';
import { sessionCookieName, sessionCookieOptions } from '../../guards/session-cookie.ts';
import { sendProblem } from '../../server/problem.ts';
import { readJsonBodies } from '../json-body.ts';
import { problem } from '../problem-schemas.ts';
import type { Api } from '../route.ts';
import { actorOf } from './access.ts';
import { wrongOrigin } from './authenticate.ts';
import { readSession } from './session.ts';
import { sessionJson, signInBody } from './session-schemas.ts';

const wrongToken = reject(
  'invalid_token',
  'This token opens nothing: check that all of it was copied, and that it was not replaced.',
);
const usedLink = reject(
  'invalid_token',
  'This sign-in link was used, or is older than ten minutes: sign in with the token in DATA_DIR/admin-token, or start Ringback again for a new link.',
);
/** Of what `npm start` prints: it signs in once. */
const linkPrefix = 'rbl_';
const userAgentCharsMax = 500;
const sessionDays = 30;
const sessionSeconds = sessionDays * 24 * 3600;

/** The one route of the operator's side that wants no token but in its body. */
export function registerSignIn(
  app: FastifyInstance,
  api: Pick<Api, 'store' | 'publicUrl' | 'authFailures' | 'bodyBytes'>,
): void {
  readJsonBodies(app, api.bodyBytes);
  app.register(cookies);
  app.post<{ Body: Static<typeof signInBody> }>(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign a browser in',
        description: `Answers with a cookie that stands for the token for ${sessionDays} days, until sign-out, until a day without use, or until the token ends.`,
        security: [],
        body: signInBody,
        response: { 200: sessionJson, '4xx': problem },
      },
    },
    async (request, reply) => {
      if (isOfBrowser(request.headers) && !isSameOrigin(request.headers, api.publicUrl()))
        return sendProblem(reply, wrongOrigin());
      const { sourceIp, headers } = request;
      const sent = request.body.token.trim();
      const isLink = sent.startsWith(linkPrefix);
      const found = await api.authFailures.check(
        hashSecret(sent),
        sourceIp,
        isLink ? usedLink : wrongToken,
        async (hash) => (isLink ? api.store.takeSignInLink(hash) : findByToken(api.store, hash)),
      );
      if ('code' in found) return sendProblem(reply, found);
      const { tokenHash, ...owner } = found;
      const secret = makeSecret('rbs');
      const expiresAt = new Date(Date.now() + sessionSeconds * 1000).toISOString();
      const userAgent = headers['user-agent']?.slice(0, userAgentCharsMax) ?? null;
      const session = { owner, sessionHash: hashSecret(secret), tokenHash, expiresAt, sourceIp, userAgent };
      await api.store.createSession(session, actorOf({ owner, sourceIp }));
      const options = { ...sessionCookieOptions(api.publicUrl()), maxAge: sessionSeconds };
      reply
        .setCookie(sessionCookieName(api.publicUrl()), secret, options)
        .header('cache-control', 'no-store');
      return readSession(api, { owner, expiresAt });
    },
  );
}

async function findByToken({ findTokenOwner }: Pick<Api['store'], 'findTokenOwner'>, tokenHash: Buffer) {
  const owner = await findTokenOwner(tokenHash);
  return owner === null ? null : { ...owner, tokenHash };
}
