import type { FastifyInstance, FastifyRequest } from 'fastify';
import { webhookTypes } from '../../../../core/updates/fields/webhook-type.ts';
import type { Postback } from '../../../../core/updates/postback.ts';
import { type Rejection, reject } from '../../../../core/updates/rejection.ts';
import { instantOfId, makeOrderedId } from '../../../../ordered-id.ts';
import type { KeyedWebhook } from '../../../../store/store.ts';
import { methodsOf } from '../../../guards/webhook-guards.ts';
import { itemToPostback } from '../../../postbacks/bulk.ts';
import { answerStatusOf, outcomeToJson } from '../../../postbacks/postback-answer.ts';
import { metadataOf } from '../../../postbacks/postback-lines.ts';
import { rejectWebhook } from '../../../postbacks/rejections/early-rejection.ts';
import { recordText } from '../../../postbacks/request/recorded-request.ts';
import { submitPostback } from '../../../postbacks/submit.ts';
import type { Body } from '../../../server/body/body.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, apiDocs, type ById } from '../../route.ts';
import { ownWebhookSource, unknownWebhook } from '../own-webhook.ts';
import { type WebhookTestBody, webhookTestBody, webhookTestJson } from './webhook-test-schemas.ts';

/**
 * A postback that the operator sends by hand, to see what a sender would get. It takes the way of every postback and
 * is in the log with its sender. The operator's token replaces the guards: the key, the allowed
 * addresses, the rate and the signature are not asked for.
 */
export function registerWebhookTestRoute(app: FastifyInstance, api: Api): void {
  app.post<ById & { Body: WebhookTestBody }>(
    '/webhooks/incoming/:id/test',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary: 'Send a postback by hand',
        body: webhookTestBody,
        response: { 200: webhookTestJson, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const source = ownWebhookSource(api.store, request.owner.accountId, request.params.id);
      let isDryRun = false;
      const outcome = await submitPostback(api, metadataOf(request), source, (webhook) => {
        const postback = readTest(webhook, request, request.body);
        isDryRun = postback.isDryRun;
        return postback;
      });
      if (outcome === null) return sendProblem(reply, unknownWebhook());
      const answer = outcomeToJson(outcome, isDryRun);
      return reply.header('cache-control', 'no-store').send({ status: answerStatusOf(outcome), answer });
    },
  );
}

function readTest(
  webhook: KeyedWebhook,
  { owner, sourceIp }: FastifyRequest,
  { method, query = {}, body: payload, dry_run: isDryRun = false }: WebhookTestBody,
): Postback {
  const type = webhookTypes[webhook.type];
  const sent = method === 'POST' ? (payload ?? {}) : null;
  const body: Body = sent === null ? { kind: 'none' } : { kind: 'json', payload: { ...sent } };
  const postbackId = makeOrderedId();
  const receivedAt = instantOfId(postbackId);
  const record = { method, path: `/${type.path}`, query, headers: {}, body: sent, sent_by: owner.name };
  const arrival = { postbackId, receivedAt, sourceIp, request: recordText(record) };
  const content = { body, query: new URLSearchParams(query), headers: {}, envelope: null };
  const early = rejectWebhook(webhook.type, webhook) ?? rejectGet(webhook, method);
  return itemToPostback(webhook.type, webhook, arrival, content, null, early, isDryRun);
}

function rejectGet(webhook: KeyedWebhook, method: string): Rejection | null {
  if (methodsOf(webhook).includes(method)) return null;
  return reject('method_not_allowed', 'Use POST here.');
}
