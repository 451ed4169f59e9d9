import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { refuse } from '../../core/refusal.ts';
import { type WebhookType, webhookTypes } from '../../core/webhook-type.ts';
import type { Webhook } from '../../store/store.ts';
import { listOf, pageQuery } from '../api-types/lists.ts';
import { problem } from '../api-types/problem.ts';
import {
  rotateBody,
  rotatedWebhookJson,
  type WebhookJson,
  webhookBody,
  webhookChangeBody,
  webhookJson,
  webhookWithKeyJson,
} from '../api-types/webhooks.ts';
import { sendProblem } from '../problem.ts';
import { hashSecret, makeSecret } from '../secret.ts';
import { ListReader } from './list-reader.ts';
import { isUuid, writeCursor } from './page.ts';
import { type Api, apiDocs, type ById, documentedOnly, type List, namesOf } from './route.ts';

const windowHoursDefault = 7 * 24;
const graceHoursDefault = 24;

export function registerWebhookRoutes(app: FastifyInstance, { store, publicUrl }: Api): void {
  const docs = (summary: string, response: object) => ({
    ...apiDocs,
    tags: ['incoming webhooks'],
    summary,
    response: { ...response, '4xx': problem },
  });
  const path = '/webhooks/incoming';
  const byId = `${path}/:id`;
  /** The one answer that shows the key. */
  const withKey = (webhook: Webhook, key: string) => ({
    ...webhookToJson(webhook),
    auth_key: key,
    url: urlOf(publicUrl(), webhook.type, key),
  });

  app.post<{ Body: Static<typeof webhookBody> }>(
    path,
    { schema: { ...docs('Create a webhook', { 201: webhookWithKeyJson }), body: webhookBody } },
    async (request, reply) => {
      const { name, type, match_window_hours: hours, match_rule: rule } = request.body;
      const key = makeSecret('rbk');
      const settings = {
        name: name.trim(),
        type,
        matchWindowHours: hours ?? windowHoursDefault,
        matchRule: rule ?? 'latest',
      };
      const webhook = await store.createWebhook(request.owner.accountId, settings, hashSecret(key));
      return reply.code(201).header('cache-control', 'no-store').send(withKey(webhook, key));
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
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(pageQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      if (reader.refusal !== null) return sendProblem(reply, reader.refusal);
      const { items, cursor } = await store.listWebhooks(request.owner.accountId, limit, before);
      return { items: items.map(webhookToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<ById>(byId, { schema: docs('Read a webhook', { 200: webhookJson }) }, async (request, reply) => {
    const { id } = request.params;
    const webhook = isUuid(id) ? await store.findWebhook(request.owner.accountId, id) : null;
    return webhook === null ? sendUnknown(reply) : webhookToJson(webhook);
  });

  app.patch<ById & { Body: Static<typeof webhookChangeBody> }>(
    byId,
    {
      schema: { ...docs('Change, pause or resume a webhook', { 200: webhookJson }), body: webhookChangeBody },
    },
    async (request, reply) => {
      const { id } = request.params;
      const {
        name,
        match_window_hours: matchWindowHours,
        match_rule: matchRule,
        paused: isPaused,
      } = request.body;
      const changes = {
        ...(name !== undefined && { name: name.trim() }),
        ...(matchWindowHours !== undefined && { matchWindowHours }),
        ...(matchRule !== undefined && { matchRule }),
        ...(isPaused !== undefined && { isPaused }),
      };
      const webhook = isUuid(id) ? await store.changeWebhook(request.owner.accountId, id, changes) : null;
      return webhook === null ? sendUnknown(reply) : webhookToJson(webhook);
    },
  );

  app.delete<ById>(
    byId,
    { schema: docs('Delete a webhook; its postbacks stay in the log', { 204: Type.Null() }) },
    async (request, reply) => {
      const { id } = request.params;
      const isDeleted = isUuid(id) && (await store.deleteWebhook(request.owner.accountId, id));
      return isDeleted ? reply.code(204).send() : sendUnknown(reply);
    },
  );

  app.post<ById & { Body: Static<typeof rotateBody> | undefined }>(
    `${byId}/rotate-key`,
    { schema: { ...docs('Make a new key', { 200: rotatedWebhookJson }), body: Type.Optional(rotateBody) } },
    async (request, reply) => {
      const { id } = request.params;
      const graceHours = request.body?.grace_hours ?? graceHoursDefault;
      const oldKeysExpireAt = new Date(Date.now() + graceHours * 3_600_000).toISOString();
      const key = makeSecret('rbk');
      const webhook = isUuid(id)
        ? await store.rotateKey(request.owner.accountId, id, hashSecret(key), oldKeysExpireAt)
        : null;
      if (webhook === null) return sendUnknown(reply);
      return reply
        .header('cache-control', 'no-store')
        .send({ ...withKey(webhook, key), old_keys_expire_at: oldKeysExpireAt });
    },
  );
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  return sendProblem(
    reply,
    refuse('not_found', 'There is no incoming webhook with this id: list them for their ids.'),
  );
}

function urlOf(publicUrl: string, type: WebhookType, key: string): string {
  return `${publicUrl}/${webhookTypes[type].path}?auth_key=${key}`;
}

function webhookToJson(webhook: Webhook): WebhookJson {
  return {
    id: webhook.webhookId,
    name: webhook.name,
    type: webhook.type,
    match_window_hours: webhook.matchWindowHours,
    match_rule: webhook.matchRule,
    paused: webhook.isPaused,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}
