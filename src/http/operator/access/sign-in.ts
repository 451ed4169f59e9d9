import cookies from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { reject } from '../../../core/updates/rejection.ts';
import { isSameOrigin } from '../../guards/same-origin.ts';
import { hashSecret, makeSecret } from '../../guards/secret.ts';
import { sessionCookie, sessionCookieOptions } from '../../guards/session-cookie.ts';
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
        description: `Answers with a cookie that stands for the token for ${sessionDays} days, until sign-out, or until the token ends.`,
        security: [],
        body: signInBody,
        response: { 200: sessionJson, '4xx': problem },
      },
    },
    async (request, reply) => {
      const { origin } = request.headers;
      if (origin !== undefined && !isSameOrigin(request.headers, api.publicUrl()))
        return sendProblem(reply, wrongOrigin());
      const tokenHash = hashSecret(request.body.token.trim());
      const { sourceIp } = request;
      const owner = await api.authFailures.check(tokenHash, sourceIp, wrongToken, api.store.findTokenOwner);
      if ('code' in owner) return sendProblem(reply, owner);
      const secret = makeSecret('rbs');
      const expiresAt = new Date(Date.now() + sessionSeconds * 1000).toISOString();
      const session = { owner, sessionHash: hashSecret(secret), tokenHash, expiresAt };
      await api.store.createSession(session, actorOf({ owner, sourceIp }));
      const options = { ...sessionCookieOptions(api.publicUrl()), maxAge: sessionSeconds };
      reply.setCookie(sessionCookie, secret, options).header('cache-control', 'no-store');
      return readSession(api, { owner, expiresAt });
    },
  );
}
