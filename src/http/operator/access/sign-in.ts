import cookies from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { hashPassword } from '../../../core/access/password.ts';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { TokenOwner } from '../../../store/store.ts';
import { isOfBrowser, isSameOrigin } from '../../guards/same-origin.ts';
import { sessionCookieName, sessionCookieOptions } from '../../guards/session-cookie.ts';
import { sendProblem } from '../../server/problem.ts';
import { readJsonBodies } from '../json-body.ts';
import { problem } from '../problem-schemas.ts';
import type { Api } from '../route.ts';
import { actorOf } from './access.ts';
import { wrongOrigin } from './authenticate.ts';
import { PasswordSignIn } from './password-sign-in.ts';
import { readSession } from './session.ts';
import {
  invitationBody,
  passwordBody,
  type SessionJson,
  sessionJson,
  signInBody,
} from './session-schemas.ts';

const wrongToken = reject(
  'invalid_token',
  'This token opens nothing: check that all of it was copied, and that it was not replaced.',
);
const usedLink = reject(
  'invalid_token',
  'This sign-in link was used, or is older than ten minutes: sign in with the token in DATA_DIR/admin-token, or start Ringback again for a new link.',
);
const usedInvitation = reject(
  'invalid_token',
  'This invitation was used, replaced, or is older than seven days: ask an owner for a new link.',
);
/** Of what `npm start` prints: it signs in once. */
const linkPrefix = 'rbl_';
const userAgentCharsMax = 500;
const sessionDays = 30;
const sessionSeconds = sessionDays * 24 * 3600;

/** The routes of the operator's side that need no token: they exchange a secret of their body for a session. */
export function registerSignIn(
  app: FastifyInstance,
  api: Pick<Api, 'store' | 'publicUrl' | 'authFailures' | 'bodyBytes'>,
): void {
  readJsonBodies(app, api.bodyBytes);
  app.register(cookies);
  const passwords = new PasswordSignIn(api);
  app.addHook('preHandler', async ({ headers }, reply) => {
    if (isOfBrowser(headers) && !isSameOrigin(headers, api.publicUrl()))
      return sendProblem(reply, wrongOrigin());
  });
  const docs = (summary: string, body: TSchema) => ({
    schema: {
      tags: ['session'],
      summary,
      description: `Answers with a cookie for ${sessionDays} days, until sign-out, until a day without use, or until the token or person is removed.`,
      security: [],
      body,
      response: { 200: sessionJson, '4xx': problem },
    },
  });

  app.post<{ Body: Static<typeof signInBody> }>(
    '/session',
    docs('Sign a browser in', signInBody),
    async (request, reply) => {
      const sent = request.body.token.trim();
      const isLink = sent.startsWith(linkPrefix);
      const found = await api.authFailures.check(
        hashSecret(sent),
        request.sourceIp,
        isLink ? usedLink : wrongToken,
        async (hash) => (isLink ? api.store.takeSignInLink(hash) : findByToken(api.store, hash)),
      );
      if ('code' in found) return sendProblem(reply, found);
      const { tokenHash, ...owner } = found;
      return startSession(api, request, reply, owner, tokenHash);
    },
  );

  app.post<{ Body: Static<typeof passwordBody> }>(
    '/session/password',
    docs('Sign a browser in by e-mail address and password', passwordBody),
    async (request, reply) => {
      const { email, password } = request.body;
      const owner = await passwords.signIn(email.trim().toLowerCase(), password, request.sourceIp);
      if ('code' in owner) return sendProblem(reply, owner);
      return startSession(api, request, reply, owner, null);
    },
  );

  app.post<{ Body: Static<typeof invitationBody> }>(
    '/session/invitation',
    docs('Set the password of an invitation link, and sign the browser in', invitationBody),
    async (request, reply) => {
      const { sourceIp } = request;
      const linkHash = hashSecret(request.body.invitation.trim());
      const invited = await api.authFailures.check(
        linkHash,
        sourceIp,
        usedInvitation,
        api.store.findPersonLink,
      );
      if ('code' in invited) return sendProblem(reply, invited);
      const passwordHash = await passwords.compute(() => hashPassword(request.body.password));
      if (typeof passwordHash !== 'string') return sendProblem(reply, passwordHash);
      const owner = await api.store.takePersonLink(linkHash, passwordHash, sourceIp);
      if (owner === null) return sendProblem(reply, usedInvitation);
      return startSession(api, request, reply, owner, null);
    },
  );
}

async function startSession(
  api: Pick<Api, 'store' | 'publicUrl'>,
  { sourceIp, headers }: FastifyRequest,
  reply: FastifyReply,
  owner: TokenOwner,
  tokenHash: Buffer | null,
): Promise<SessionJson> {
  const secret = makeSecret('rbs');
  const expiresAt = new Date(Date.now() + sessionSeconds * 1000).toISOString();
  const userAgent = headers['user-agent']?.slice(0, userAgentCharsMax) ?? null;
  const session = { owner, sessionHash: hashSecret(secret), tokenHash, expiresAt, sourceIp, userAgent };
  await api.store.createSession(session, actorOf({ owner, sourceIp }));
  const options = { ...sessionCookieOptions(api.publicUrl()), maxAge: sessionSeconds };
  reply.setCookie(sessionCookieName(api.publicUrl()), secret, options).header('cache-control', 'no-store');
  return readSession(api, { owner, expiresAt });
}

async function findByToken({ findTokenOwner }: Pick<Api['store'], 'findTokenOwner'>, tokenHash: Buffer) {
  const owner = await findTokenOwner(tokenHash);
  return owner === null ? null : { ...owner, tokenHash };
}
