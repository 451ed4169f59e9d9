import cookies from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { OpenIdProvider } from '../../../clients/openid-provider.ts';
import { hashSecret } from '../../../core/access/secret.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { isOfBrowser, isSameOrigin } from '../../guards/same-origin.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { wrongOrigin } from '../access/authenticate.ts';
import { readSession } from '../access/session.ts';
import {
  invitationBody,
  passwordBody,
  sessionJson,
  signInBody,
  signInOptionsJson,
} from '../access/session-schemas.ts';
import { readJsonBodies } from '../json-body.ts';
import { problem } from '../problem-schemas.ts';
import type { Api } from '../route.ts';
import { registerPasswordReset } from './password-reset.ts';
import { sessionDays, startSession } from './start-session.ts';

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

export type SignInApi = Pick<
  Api,
  'store' | 'publicUrl' | 'authFailures' | 'bodyBytes' | 'passwords' | 'mailer'
> & {
  /** null: not set up */
  openId: OpenIdProvider | null;
};

/** The routes of the operator's side that need no token: they exchange a secret of their body for a session. */
export function registerSignIn(app: FastifyInstance, api: SignInApi): void {
  readJsonBodies(app, api.bodyBytes);
  app.register(cookies);
  const { passwords } = api;
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

  app.get(
    '/session/options',
    {
      schema: {
        tags: ['session'],
        summary: 'How a browser may sign in here, beside password and token',
        security: [],
        response: { 200: signInOptionsJson, '4xx': problem },
      },
    },
    async (): Promise<Static<typeof signInOptionsJson>> => ({
      openid: api.openId === null ? null : { name: api.openId.name },
      has_password_reset: api.mailer !== null,
    }),
  );

  registerPasswordReset(app, api);

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
      return readSession(api, await startSession(api, request, reply, owner, tokenHash));
    },
  );

  app.post<{ Body: Static<typeof passwordBody> }>(
    '/session/password',
    docs('Sign a browser in by e-mail address and password', passwordBody),
    async (request, reply) => {
      const { email, password } = request.body;
      const owner = await passwords.signIn(email.trim().toLowerCase(), password, request.sourceIp);
      if ('code' in owner) return sendProblem(reply, owner);
      return readSession(api, await startSession(api, request, reply, owner, null));
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
      const passwordHash = await passwords.hash(request.body.password);
      if (typeof passwordHash !== 'string') return sendProblem(reply, passwordHash);
      const owner = await api.store.takePersonLink(linkHash, passwordHash, sourceIp);
      if (owner === null) return sendProblem(reply, usedInvitation);
      return readSession(api, await startSession(api, request, reply, owner, null));
    },
  );
}

async function findByToken({ findTokenOwner }: Pick<Api['store'], 'findTokenOwner'>, tokenHash: Buffer) {
  const owner = await findTokenOwner(tokenHash);
  return owner === null ? null : { ...owner, tokenHash };
}
