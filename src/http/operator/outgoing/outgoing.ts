import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import { makeSigningSecret } from '../../../core/verify/schemes/standard-webhooks.ts';
import type { OutgoingSettings } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { checkBody } from '../../server/errors/validation.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { answerPage } from '../list-page.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isUuid } from '../page.ts';
import { type Api, type ById, docsOf, documentedOnly, type List } from '../route.ts';
import { graceEnd } from '../webhooks/grace-end.ts';
import { rotateBody } from '../webhooks/webhook-schemas.ts';
import {
  type OutgoingBody,
  type OutgoingChangeBody,
  outgoingBody,
  outgoingChangeBody,
  outgoingJson,
  outgoingWithSecretJson,
  rotatedOutgoingJson,
} from './outgoing-schemas.ts';
import { outgoingToJson, readOutgoing } from './outgoing-settings.ts';

const outgoingPath = '/webhooks/outgoing';

export function registerOutgoingRoutes(app: FastifyInstance, api: Api): void {
  const { store, outgoing } = api;
  const docs = docsOf('outgoing webhooks');
  const byId = `${outgoingPath}/:id`;

  app.post<{ Body: OutgoingBody }>(
    outgoingPath,
    {
      schema: { ...docs('Create an outgoing webhook', { 201: outgoingWithSecretJson }), body: outgoingBody },
      attachValidation: true,
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const settings = await checkBody<OutgoingBody, OutgoingSettings>(request, (body) =>
        readOutgoing(body, null, api),
      );
      if ('code' in settings) return sendProblem(reply, settings);
      const secret = makeSigningSecret();
      const webhook = await store.createOutgoing(request.owner.accountId, settings, secret, actorOf(request));
      outgoing.wake();
      reply.code(201).header('cache-control', 'no-store');
      return { ...outgoingToJson(webhook), secret };
    },
  );

  app.get<List>(
    outgoingPath,
    {
      schema: {
        ...docs('List the outgoing webhooks, newest first', { 200: listOf(outgoingJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    (request, reply) => answerPage(request, reply, store.listOutgoing, outgoingToJson),
  );

  app.get<ById>(
    byId,
    { schema: docs('Read an outgoing webhook', { 200: outgoingJson }), ...requirePermission('read') },
    async (request, reply) => {
      const { id } = request.params;
      const webhook = isUuid(id) ? await store.findOutgoing(request.owner.accountId, id) : null;
      return webhook === null ? sendUnknownOutgoing(reply) : outgoingToJson(webhook);
    },
  );

  app.patch<ById & { Body: OutgoingChangeBody }>(
    byId,
    {
      schema: {
        ...docs('Change, pause or resume an outgoing webhook', { 200: outgoingJson }),
        body: outgoingChangeBody,
      },
      attachValidation: true,
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const before = isUuid(id) ? await store.findOutgoing(accountId, id) : null;
      const settings = await checkBody<OutgoingChangeBody, OutgoingSettings>(request, (body) =>
        before === null ? unknownOutgoing() : readOutgoing(body, before, api),
      );
      if ('code' in settings) return sendProblem(reply, settings);
      const { paused, resume, ...body } = request.body;
      const changes = {
        ...pickChanged(settings, body),
        ...(paused !== undefined && { isPaused: paused }),
      };
      const webhook = await store.changeOutgoing(accountId, id, changes, resume ?? 'all', actorOf(request));
      outgoing.wake();
      return webhook === null ? sendUnknownOutgoing(reply) : outgoingToJson(webhook);
    },
  );

  app.delete<ById>(
    byId,
    {
      schema: docs('Delete an outgoing webhook; its deliveries stay in the log', { 204: Type.Null() }),
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const isDeleted =
        isUuid(id) && (await store.deleteOutgoing(request.owner.accountId, id, actorOf(request)));
      return isDeleted ? reply.code(204).send() : sendUnknownOutgoing(reply);
    },
  );

  app.post<ById & { Body: Static<typeof rotateBody> | undefined }>(
    `${byId}/rotate-secret`,
    {
      schema: {
        ...docs('Make a new secret; both sign until the old one expires', { 200: rotatedOutgoingJson }),
        body: Type.Optional(rotateBody),
      },
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const oldSecretExpiresAt = graceEnd(request.body);
      const secret = makeSigningSecret();
      const { accountId } = request.owner;
      const webhook = isUuid(id)
        ? await store.rotateOutgoingSecret(accountId, id, secret, oldSecretExpiresAt, actorOf(request))
        : null;
      if (webhook === null) return sendUnknownOutgoing(reply);
      reply.header('cache-control', 'no-store');
      return { ...outgoingToJson(webhook), secret, old_secret_expires_at: oldSecretExpiresAt };
    },
  );
}

/** What the body or its preset says; other settings may have been changed meanwhile. */
function pickChanged<T extends object>(settings: T, body: OutgoingChangeBody): Partial<T> {
  if (body.preset != null) return settings;
  const names = new Set(Object.keys(body).map((name) => (name === 'max_per_minute' ? 'maxPerMinute' : name)));
  // Object.fromEntries loses which names there were; they are all names of T.
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name))) as Partial<T>;
}

function unknownOutgoing(): Rejection {
  return reject('not_found', 'There is no outgoing webhook with this id: list them for their ids.');
}

export function sendUnknownOutgoing(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, unknownOutgoing());
}
