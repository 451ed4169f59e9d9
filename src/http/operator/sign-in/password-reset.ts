/** A link for a new password, by e-mail. The answer does not tell whether there is such a person. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Mailer } from '../../../clients/mailer.ts';
import { invitationUrl, makeInvitation } from '../../../core/access/invitation.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { AuthFailureLimiter, tooManyAuthFailures } from '../../guards/auth-failure-limiter.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { passwordResetBody } from '../access/session-schemas.ts';
import { problem } from '../problem-schemas.ts';
import type { Api } from '../route.ts';
import { passwordResetMail } from './invitation-mail.ts';

const limitsOfNetwork = { failuresMax: 10, refillMs: 60_000 };
/** Limits how many mails one address gets. */
const limitsOfEmail = { failuresMax: 3, refillMs: 20 * 60_000 };
const notSetUp = reject(
  'not_found',
  'Ringback sends no e-mail here: ask an owner for a link that sets a new password.',
);

export function registerPasswordReset(
  app: FastifyInstance,
  api: Pick<Api, 'store' | 'publicUrl' | 'mailer'>,
): void {
  const ofNetwork = new AuthFailureLimiter(() => performance.now(), limitsOfNetwork);
  const ofEmail = new AuthFailureLimiter(() => performance.now(), limitsOfEmail);

  app.post<{ Body: Static<typeof passwordResetBody> }>(
    '/session/password-reset',
    {
      schema: {
        tags: ['session'],
        summary: 'Request a link that sets a new password, by e-mail',
        description: 'The response is the same if no person has this address.',
        security: [],
        body: passwordResetBody,
        response: { 202: Type.Object({}, { title: 'PasswordResetRequested' }), '4xx': problem },
      },
    },
    async (request, reply) => {
      const { mailer } = api;
      if (mailer === null) return sendProblem(reply, notSetUp);
      const email = request.body.email.trim().toLowerCase();
      const waitSeconds = Math.max(ofNetwork.fail(request.sourceIp), ofEmail.fail(email));
      if (waitSeconds > 0) return sendProblem(reply, tooManyAuthFailures(waitSeconds));
      // Not awaited: how long it takes would tell whether there is such a person.
      mailLinks(email, mailer, request).catch((error: unknown) =>
        request.log.warn({ err: error }, 'a new password was requested, and no link was sent'),
      );
      return reply.code(202).send({});
    },
  );

  /** One link for each account that the address belongs to. */
  async function mailLinks(email: string, mailer: Mailer, { sourceIp }: FastifyRequest): Promise<void> {
    for (const { owner, accountName } of await api.store.findPeopleByEmail(email)) {
      const { accountId, personId, name } = owner;
      if (personId === null) continue;
      const { secret, link } = makeInvitation(Date.now());
      await api.store.replacePersonLink(accountId, personId, link, 'person.password_reset_requested', {
        name,
        tokenId: null,
        personId,
        sourceIp,
      });
      const url = invitationUrl(api.publicUrl(), secret, email);
      await mailer.send(passwordResetMail({ email, name, accountName }, url));
    }
  }
}
