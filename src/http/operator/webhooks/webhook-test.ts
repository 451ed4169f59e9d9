import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodePostback } from '../../../core/updates/decode.ts';
import { readObject, readPairs } from '../../../core/updates/input-source.ts';
import type { Postback } from '../../../core/updates/postback.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { webhookTypes } from '../../../core/updates/webhook-type.ts';
import { instantOfId, makeOrderedId } from '../../../ordered-id.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import { answerStatusOf, outcomeToJson } from '../../postbacks/postback-answer.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { rejectWebhook, toPostback } from '../../postbacks/read-postback.ts';
import { submitPostback } from '../../postbacks/submit.ts';
import { sendProblem } from '../../server/problem.ts';
import { needs } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, type ById } from '../route.ts';
import { ownWebhookSource, unknownWebhook } from './own-webhook.ts';
import { type WebhookTestBody, webhookTestBody, webhookTestJson } from './webhook-test-schemas.ts';

/**
 * A postback that the operator sends by hand, to see what a sender would get. It takes the way of every postback and
 * stands in the log with who sent it. The operator's token stands for what keeps strangers out: the key, the allowed
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
      ...needs('send_postbacks'),
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
  { method, query = {}, body, dry_run: isDryRun = false }: WebhookTestBody,
): Postback {
  const type = webhookTypes[webhook.type];
  const sent = method === 'POST' ? (body ?? {}) : null;
  const sources = [readPairs(Object.entries(query), type)];
  if (sent !== null) sources.unshift(readObject({ ...sent }, type));
  const postbackId = makeOrderedId();
  const receivedAt = instantOfId(postbackId);
  const decoded = decodePostback(sources, type, { ...webhook, receivedAt });
  const record = { method, path: `/${type.path}`, query, headers: {}, body: sent, sent_by: owner.name };
  const arrival = { postbackId, receivedAt, sourceIp, request: JSON.stringify(record) };
  const rejection =
    rejectWebhook(webhook.type, webhook) ??
    rejectGet(webhook, method) ??
    (decoded.faults.length > 0 ? rejectFaults(decoded.faults) : null);
  return {
    ...toPostback(webhook, arrival, decoded, rejection),
    isDryRun: isDryRun || decoded.isDryRun,
  };
}

function rejectGet({ acceptsGet, signingSecrets }: KeyedWebhook, method: string): Rejection | null {
  if (method === 'POST' || (acceptsGet && signingSecrets.length === 0)) return null;
  return reject('method_not_allowed', 'Use POST here.');
}
