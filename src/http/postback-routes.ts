/** The senders' side: the three postback doors, one pipeline (contract 2.1 to 2.9). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Decoded, decodePostback } from '../core/decode.ts';
import type { Postback } from '../core/postback.ts';
import { type Refusal, refusalCodes, refuse, refuseFaults } from '../core/refusal.ts';
import { readObject, readPairs } from '../core/source.ts';
import { emptyTags } from '../core/tags.ts';
import {
  type WebhookType,
  type WebhookTypeRow,
  webhookTypeNames,
  webhookTypes,
} from '../core/webhook-type.ts';
import type { Writer } from '../ingest/writer.ts';
import type { KeyedWebhook } from '../store/store.ts';
import { postbackSchema } from './api-types.ts';
import { type Body, bodyBytesMax, readBody } from './body.ts';
import type { ErrorMapper } from './errors.ts';
import { isLinkPreview } from './link-preview.ts';
import type { Metrics } from './metrics.ts';
import { type AnswerOptions, answerInForm, answerPostback } from './postback-answer.ts';
import { prepareRefusal, sendProblem } from './problem.ts';
import { type ReceivedRequest, receive } from './received-request.ts';
import { recordRequest } from './request-record.ts';
import type { WebhookDirectory } from './webhook-directory.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** set at the postback doors, before the body is read */
    received: ReceivedRequest | null;
  }
}

export type PostbackDoor = {
  writer: Pick<Writer, 'submit'>;
  directory: WebhookDirectory;
  metrics: Metrics;
  refusalOf: ErrorMapper;
};

export function registerPostbackRoutes(app: FastifyInstance, door: PostbackDoor): void {
  app.decorateRequest('received', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  for (const type of webhookTypeNames) {
    for (const suffix of ['', '.gif'] as const) {
      for (const method of ['GET', 'POST'] as const) {
        app.route({
          method,
          url: `/${webhookTypes[type].path}${suffix}`,
          bodyLimit: bodyBytesMax,
          schema: postbackSchema(type, method, suffix),
          // The schema is documentation: core reads the payload and tells every fault of it.
          validatorCompiler: () => (value) => ({ value }),
          onRequest: async (request) => {
            request.received = receive(request);
          },
          handler: async (request, reply) => take(door, type, request, reply, readBodyOf(request)),
          errorHandler: async (error, request, reply) => takeBroken(door, type, request, reply, error),
        });
      }
    }
  }
}

function readBodyOf(request: FastifyRequest): Body | Refusal {
  const text = typeof request.body === 'string' ? request.body : undefined;
  return readBody(text, request.headers['content-type']);
}

/** What the sender did wrong before the handler, such as a body too large, is a refused postback. */
async function takeBroken(
  door: PostbackDoor,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const refusal = door.refusalOf(error, request.log);
  if (refusalCodes[refusal.code].httpStatus < 500) return take(door, type, request, reply, refusal);
  return answerRefused(reply, request.received ?? receive(request), refusal);
}

async function take(
  door: PostbackDoor,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body | Refusal,
): Promise<FastifyReply> {
  const received = request.received ?? receive(request);
  for (;;) {
    const webhook = received.key === null ? null : await door.directory.find(received.key);
    if (webhook === null) return answerUnknownKey(reply, received, door);
    const { postback, options } = readPostback(type, webhook, request, received, body);
    const result = await door.writer.submit(postback);
    if (result === 'stale') {
      door.directory.forget(received.key ?? '');
      continue;
    }
    door.metrics.countPostback(result);
    return answerPostback(reply, result, options);
  }
}

/** One answer for every key that does not open the door; the request is not kept. */
function answerUnknownKey(reply: FastifyReply, received: ReceivedRequest, door: PostbackDoor): FastifyReply {
  const refusal = refuse(
    'invalid_auth_key',
    'Send the auth key of an incoming webhook as "auth_key" in the URL or in the header X-Auth-Key.',
  );
  door.metrics.countUnknownKey();
  return answerRefused(reply, received, refusal);
}

/** Answers a request that is not in the log; the id in the header is that of the server's own log. */
function answerRefused(
  reply: FastifyReply,
  { postbackId, answerForm }: ReceivedRequest,
  refusal: Refusal,
): FastifyReply {
  reply.header('x-postback-status', 'rejected').header('x-postback-id', postbackId);
  return answerForm === 'json'
    ? sendProblem(reply, refusal)
    : answerInForm(prepareRefusal(reply, refusal), answerForm, refusal);
}

function readPostback(
  type: WebhookType,
  webhook: KeyedWebhook,
  request: FastifyRequest,
  received: ReceivedRequest,
  body: Body | Refusal,
): { postback: Postback; options: AnswerOptions } {
  const early = refuseAtTheDoor(type, webhook, request) ?? ('kind' in body ? null : body);
  const decoded =
    'kind' in body ? decode(webhookTypes[type], webhook, request, received, body) : nothingDecoded;
  const refusal = early ?? (decoded.faults.length > 0 ? refuseFaults(decoded.faults) : null);
  const postback: Postback = {
    accountId: webhook.accountId,
    postbackId: received.postbackId,
    receivedAt: received.receivedAt,
    sender: {
      webhookId: webhook.webhookId,
      revision: webhook.revision,
      matchWindowHours: webhook.matchWindowHours,
      matchRule: webhook.matchRule,
    },
    sourceIp: request.ip,
    request: recordRequest(request, received, body),
    target: decoded.target,
    update: decoded.update,
    transactionId: decoded.transactionId,
    isDryRun: decoded.isDryRun,
    ignored: decoded.ignored,
    refusal,
  };
  const form = received.answerForm === 'json' ? decoded.answerForm : received.answerForm;
  return { postback, options: { form, isDryRun: decoded.isDryRun } };
}

function refuseAtTheDoor(type: WebhookType, webhook: KeyedWebhook, request: FastifyRequest): Refusal | null {
  if (webhook.type !== type) {
    const detail = `This key belongs to a webhook of type ${webhook.type}: send to /${webhookTypes[webhook.type].path}.`;
    return refuse('wrong_webhook_type', detail);
  }
  if (webhook.isPaused)
    return refuse('webhook_paused', 'Its owner paused this webhook: ask for it to be resumed.');
  if (isLinkPreview(request.method, request.headers)) {
    return refuse('link_preview', 'This looks like a prefetch or a link preview, which changes nothing.');
  }
  return null;
}

function decode(
  type: WebhookTypeRow,
  webhook: KeyedWebhook,
  request: FastifyRequest,
  { query, receivedAt }: ReceivedRequest,
  body: Body,
): Decoded {
  const sources = [readPairs(query, type)];
  if (body.kind === 'json') sources.unshift(readObject(body.payload, type));
  if (body.kind === 'form') sources.unshift(readPairs(body.pairs, type));
  const idempotencyKey = request.headers['idempotency-key'];
  if (idempotencyKey !== undefined)
    sources.push(readPairs([['transaction_id', String(idempotencyKey)]], type));
  return decodePostback(sources, type, { ...webhook, receivedAt });
}

const nothingDecoded: Decoded = {
  target: null,
  update: { set: {}, add: emptyTags(), remove: [] },
  transactionId: null,
  isDryRun: false,
  answerForm: 'json',
  ignored: [],
  faults: [],
};
