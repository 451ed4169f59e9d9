import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { makeSigningSecret } from '../../../core/verify/schemes/standard-webhooks.ts';
import type { Webhook } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { checkBody } from '../../server/errors/validation.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { answerPage } from '../list-page.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isUuid } from '../page.ts';
import { type Api, type ById, docsOf, documentedOnly, type List } from '../route.ts';
import { graceEnd } from './grace-end.ts';
import { unknownWebhook } from './own-webhook.ts';
import {
  changedWebhookJson,
  rotateBody,
  rotatedSecretJson,
  rotatedWebhookJson,
  rotateSecretBody,
  type WebhookBody,
  type WebhookChangeBody,
  webhookBody,
  webhookChangeBody,
  webhookJson,
  webhookWithKeyJson,
} from './webhook-schemas.ts';
import { type ReadChanges, readWebhookChanges, webhookToJson } from './webhook-settings.ts';

const settingsDefault = { matchWindowHours: 7 * 24, matchRule: 'latest' } as const;
/** What a new webhook has where the request sets nothing. */
const noSender = { requiresSignature: false, preset: null, mapping: null, verify: null } as const;

export function registerWebhookRoutes(app: FastifyInstance, { store, presets, publicUrl }: Api): void {
  const docs = docsOf('incoming webhooks');
  const path = '/webhooks/incoming';
  const byId = `${path}/:id`;
  /** The one answer that shows the key. */
  const withKey = (webhook: Webhook, key: string) => ({
    ...webhookToJson(webhook),
    auth_key: key,
    url: urlOf(publicUrl(), webhook.type, key),
  });

  app.post<{ Body: WebhookBody }>(
    path,
    {
      schema: { ...docs('Create a webhook', { 201: webhookWithKeyJson }), body: webhookBody },
      attachValidation: true,
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const read = await checkBody<WebhookBody, ReadChanges>(request, ({ type: ofType, ...others }) =>
        // Without a type the schema has a fault, and nothing else can be told.
        ofType === undefined
          ? { changes: {}, madeSecret: null }
          : readWebhookChanges(others, { ...noSender, type: ofType }, presets),
      );
      if ('code' in read) return sendProblem(reply, read);
      const { name, type } = request.body;
      const key = makeSecret('rbk');
      const { accountId } = request.owner;
      // Most phone systems never send twice.
      const ofType = type === 'calls' ? { onUnreadable: 'keep' as const } : {};
      const settings = { ...settingsDefault, ...ofType, ...read.changes, name: name.trim(), type };
      const webhook = await store.createWebhook(accountId, settings, hashSecret(key), actorOf(request));
      reply.code(201).header('cache-control', 'no-store');
      return { ...withKey(webhook, key), ...withSecret(read.madeSecret) };
    },
  );

  app.get<List>(
    path,
    {
      schema: {
        ...docs('List the webhooks, newest first', { 200: listOf(webhookJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    (request, reply) => answerPage(request, reply, store.listWebhooks, webhookToJson),
  );

  app.get<ById>(
    byId,
    { schema: docs('Read a webhook', { 200: webhookJson }), ...requirePermission('read') },
    async (request, reply) => {
      const { id } = request.params;
      const webhook = isUuid(id) ? await store.findWebhook(request.owner.accountId, id) : null;
      return webhook === null ? sendUnknown(reply) : webhookToJson(webhook);
    },
  );

  app.patch<ById & { Body: WebhookChangeBody }>(
    byId,
    {
      schema: {
        ...docs('Change, pause or resume a webhook', { 200: changedWebhookJson }),
        body: webhookChangeBody,
      },
      attachValidation: true,
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const before = isUuid(id) ? await store.findWebhook(request.owner.accountId, id) : null;
      const read = await checkBody<WebhookChangeBody, ReadChanges>(request, (body) =>
        before === null ? unknownWebhook() : readWebhookChanges(body, before, presets),
      );
      if ('code' in read) return sendProblem(reply, read);
      const webhook = await store.changeWebhook(request.owner.accountId, id, read.changes, actorOf(request));
      if (webhook === null) return sendUnknown(reply);
      if (read.madeSecret !== null) reply.header('cache-control', 'no-store');
      return { ...webhookToJson(webhook), ...withSecret(read.madeSecret) };
    },
  );

  app.delete<ById>(
    byId,
    {
      schema: docs('Delete a webhook; its postbacks stay in the log', { 204: Type.Null() }),
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const isDeleted =
        isUuid(id) && (await store.deleteWebhook(request.owner.accountId, id, actorOf(request)));
      return isDeleted ? reply.code(204).send() : sendUnknown(reply);
    },
  );

  app.post<ById & { Body: Static<typeof rotateBody> | undefined }>(
    `${byId}/rotate-key`,
    {
      schema: { ...docs('Make a new key', { 200: rotatedWebhookJson }), body: Type.Optional(rotateBody) },
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const oldKeysExpireAt = graceEnd(request.body);
      const key = makeSecret('rbk');
      const webhook = isUuid(id)
        ? await store.rotateKey(
            request.owner.accountId,
            id,
            hashSecret(key),
            oldKeysExpireAt,
            actorOf(request),
          )
        : null;
      if (webhook === null) return sendUnknown(reply);
      return reply
        .header('cache-control', 'no-store')
        .send({ ...withKey(webhook, key), old_keys_expire_at: oldKeysExpireAt });
    },
  );

  app.post<ById & { Body: Static<typeof rotateSecretBody> | undefined }>(
    `${byId}/rotate-signing-secret`,
    {
      schema: {
        ...docs('Make a new signing secret, or take one that the sender made', { 200: rotatedSecretJson }),
        body: Type.Optional(rotateSecretBody),
      },
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const oldSecretExpiresAt = graceEnd(request.body);
      const secret = request.body?.signing_secret ?? makeSigningSecret();
      const webhook = isUuid(id)
        ? await store.rotateSigningSecret(
            request.owner.accountId,
            id,
            secret,
            oldSecretExpiresAt,
            actorOf(request),
          )
        : null;
      if (webhook === null) return sendUnknown(reply);
      reply.header('cache-control', 'no-store');
      return { ...webhookToJson(webhook), ...withSecret(secret), old_secret_expires_at: oldSecretExpiresAt };
    },
  );
}

/** Of a secret that was just made: the one answer that shows it. */
function withSecret(secret: string | null): { signing_secret?: string } {
  return secret === null ? {} : { signing_secret: secret };
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, unknownWebhook());
}

function urlOf(publicUrl: string, type: WebhookType, key: string): string {
  return `${publicUrl}/${webhookTypes[type].path}?auth_key=${key}`;
}
