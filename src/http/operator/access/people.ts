import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Invitation, invitationUrl, makeInvitation } from '../../../core/access/invitation.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { Person } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { answerPage } from '../list-page.ts';
import { definedOnly } from '../list-reader.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isUuid } from '../page.ts';
import { type Api, accountOf, type ById, docsOf, documentedOnly, type List } from '../route.ts';
import { invitationMail } from '../sign-in/invitation-mail.ts';
import { actorOf, requirePermission } from './access.ts';
import {
  type InvitedPersonJson,
  invitedPersonJson,
  type PersonJson,
  personBody,
  personChangeBody,
  personJson,
} from './people-schemas.ts';

/** People of an account, who are invited by a link that sets their password. */
export function registerPeopleRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = docsOf('people');

  app.post<{ Body: Static<typeof personBody> }>(
    '/people',
    {
      schema: { ...docs('Invite a person', { 201: invitedPersonJson }), body: personBody },
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { email, name, role } = request.body;
      const invitation = makeInvitation(Date.now());
      const person = { email: email.trim().toLowerCase(), name: name.trim(), role };
      const invited = await store.invitePerson(
        request.owner.accountId,
        person,
        invitation.link,
        actorOf(request),
      );
      if (invited === 'email_taken') {
        const detail = 'This account has a person with this address: create a new link for this person.';
        return sendProblem(reply, reject('email_taken', detail));
      }
      return sendInvited(request, reply.code(201), invited, invitation);
    },
  );

  app.get<List>(
    '/people',
    {
      schema: {
        ...docs('List the people, newest first', { 200: listOf(personJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('manage_tokens'),
    },
    (request, reply) => answerPage(request, reply, store.listPeople, personToJson),
  );

  app.patch<ById & { Body: Static<typeof personChangeBody> }>(
    '/people/:id',
    {
      schema: { ...docs('Change a name or a role', { 200: personJson }), body: personChangeBody },
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const changes = definedOnly({ name: request.body.name?.trim(), role: request.body.role });
      const { accountId } = request.owner;
      const person = isUuid(id) ? await store.changePerson(accountId, id, changes, actorOf(request)) : null;
      return person === null ? sendUnknownPerson(reply) : personToJson(person);
    },
  );

  app.post<ById>(
    '/people/:id/invitation',
    {
      schema: docs('Create a new link, which sets a new password; earlier links end', {
        200: invitedPersonJson,
      }),
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const invitation = makeInvitation(Date.now());
      const { accountId } = request.owner;
      const person = isUuid(id)
        ? await store.replacePersonLink(accountId, id, invitation.link, 'person.invited', actorOf(request))
        : null;
      return person === null ? sendUnknownPerson(reply) : sendInvited(request, reply, person, invitation);
    },
  );

  app.delete<ById>(
    '/people/:id',
    {
      schema: docs('Remove a person, and sign out its browsers', { 204: Type.Null() }),
      ...requirePermission('manage_tokens'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const isRemoved = isUuid(id) && (await store.removePerson(accountId, id, actorOf(request)));
      return isRemoved ? reply.code(204).send() : sendUnknownPerson(reply);
    },
  );

  /** Mails the link where SMTP is set up; it is in the answer in any case. */
  async function sendInvited(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
    { secret, link }: Invitation,
  ): Promise<FastifyReply> {
    const url = invitationUrl(api.publicUrl(), secret, person.email);
    const { name: accountName } = await accountOf(api, request);
    const isMailed = (await api.mailer?.send(invitationMail({ ...person, accountName }, url))) ?? false;
    return reply.header('cache-control', 'no-store').send({
      ...personToJson(person),
      invitation_url: url,
      invitation_expires_at: link.expiresAt,
      is_mailed: isMailed,
    } satisfies InvitedPersonJson);
  }
}

function sendUnknownPerson(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, reject('not_found', 'There is no person with this id: list them for their ids.'));
}

function personToJson(person: Person): PersonJson {
  return {
    id: person.personId,
    email: person.email,
    name: person.name,
    role: person.role,
    has_password: person.hasPassword,
    last_signed_in_at: person.lastSignedInAt,
    created_at: person.createdAt,
  };
}
