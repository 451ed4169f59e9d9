/** The senders' side: the three postback endpoints, one pipeline (docs/senders.md#the-key). */
import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../core/updates/rejection.ts';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/webhook-type.ts';
import type { Writer } from '../../ingest/writer.ts';
import { type AuthFailureLimiter, tooManyAuthFailures } from '../guards/auth-failure-limiter.ts';
import { type GuardedWebhook, rejectByGuards, sendGuards } from '../guards/webhook-guards.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Body, bodyBytesMax, decodeText, readBody } from '../server/body.ts';
import type { BodyBytes } from '../server/body-bytes.ts';
import type { ErrorMapper } from '../server/errors.ts';
import { prepareRejection, problemOf, sendProblemJson } from '../server/problem.ts';
import type { WorkSlices } from '../server/work-slices.ts';
import { type AnswerOptions, answerInForm, answerPostback } from './postback-answer.ts';
import type { PostbackLines } from './postback-lines.ts';
import { postbackSchema } from './postback-schemas.ts';
import { arrivalOf, readPostback, toRejected } from './read-postback.ts';
import { type ReceivedRequest, receive } from './received-request.ts';
import { submitPostback, type WebhookSource } from './submit.ts';
import type { WebhookDirectory } from './webhook-directory.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** set at the postback endpoints, before the body is read */
    received: ReceivedRequest | null;
  }
}

const otherMethods = METHODS.filter((method) => !['GET', 'POST', 'CONNECT'].includes(method));

export type PostbackEndpoint = {
  writer: Pick<Writer, 'submit' | 'submitAtomic'>;
  directory: WebhookDirectory;
  authFailures: AuthFailureLimiter;
  metrics: Metrics;
  lines: PostbackLines;
  rejectionOf: ErrorMapper;
  bodyBytes: BodyBytes;
  slices: WorkSlices;
};

export function registerPostbackRoutes(app: FastifyInstance, endpoint: PostbackEndpoint): void {
  app.decorateRequest('received', null);
  app.decorateRequest('judgement', null);
  app.removeAllContentTypeParsers();
  endpoint.bodyBytes.releaseAfterResponse(app);
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    const encoding = request.headers['content-encoding'];
    const { bodyLimit = bodyBytesMax } = request.routeOptions;
    const isBatch = bodyLimit > bodyBytesMax;
    const bytes = await endpoint.bodyBytes.read(request, bodyLimit);
    return isBatch && encoding === undefined ? bytes : decodeText(bytes, encoding);
  });
  for (const method of otherMethods) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
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
          onRequest: async (request, reply) => rejectUnknownKey(endpoint, request, reply),
          handler: async (request, reply) => take(endpoint, type, request, reply, readBodyOf(request)),
          errorHandler: async (error, request, reply) => takeBroken(endpoint, type, request, reply, error),
        });
      }
      app.route({
        method: otherMethods,
        url: `/${webhookTypes[type].path}${suffix}`,
        schema: { hide: true },
        handler: async (request, reply) => rejectMethod(endpoint, request, reply),
        errorHandler: async (_error, request, reply) => rejectMethod(endpoint, request, reply),
      });
    }
  }
}

/**
 * Reading a body takes memory, which is for senders with a valid key. Only a form may have its key in the body; then the
 * body counts for the address.
 */
async function rejectUnknownKey(
  endpoint: PostbackEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const received = receive(request);
  request.received = received;
  if (request.method === 'GET' || (received.key === null && isForm(request.headers['content-type'])))
    return undefined;
  const { key, sourceIp } = received;
  const webhook = key === null ? null : await endpoint.directory.find(key, sourceIp);
  if (webhook === null) return answerUnknownKey(reply, received, endpoint);
  request.bodyOwner = webhook.webhookId;
  return undefined;
}

function isForm(contentType: string | undefined): boolean {
  return /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)/i.test(contentType ?? '');
}

/** Rejected whatever the key; with a valid one it is in the log, like every rejection. */
async function rejectMethod(
  endpoint: PostbackEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const received = receive(request);
  const rejection = reject('method_not_allowed', 'Use GET or POST here.');
  const arrival = arrivalOf(request, received, rejection);
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) =>
    toRejected(webhook, arrival, rejectByGuards(webhook, request) ?? rejection),
  );
  reply.header('allow', 'GET, POST');
  if (outcome !== null)
    return answer(request, reply, outcome, { form: received.answerForm, isDryRun: false });
  endpoint.authFailures.fail(received.sourceIp);
  return answerRejected(reply, received, rejection);
}

function readBodyOf(request: FastifyRequest): Body | Rejection {
  const text = typeof request.body === 'string' ? request.body : undefined;
  return readBody(text, request.headers['content-type']);
}

/** What the sender did wrong before the handler, such as a body too large, is a rejected postback. */
async function takeBroken(
  endpoint: PostbackEndpoint,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const rejection = endpoint.rejectionOf(error, request.log);
  if (rejectionCodes[rejection.code].httpStatus < 500) return take(endpoint, type, request, reply, rejection);
  const received = request.received ?? receive(request);
  noteUnknown(endpoint, received, rejection);
  return answerRejected(reply, received, rejection);
}

async function take(
  endpoint: PostbackEndpoint,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body | Rejection,
): Promise<FastifyReply> {
  const received = request.received ?? receive(request);
  const read = { options: { form: received.answerForm, isDryRun: false } };
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) => {
    const { postback, options } = readPostback(type, webhook, request, received, body);
    read.options = options;
    return postback;
  });
  return outcome === null
    ? answerUnknownKey(reply, received, endpoint)
    : answer(request, reply, outcome, read.options);
}

/** Answers with what the webhook's guards have to say, too: how much more it takes, and which methods. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome,
  options: AnswerOptions,
): FastifyReply {
  sendGuards(reply, request);
  return answerPostback(reply, outcome, options);
}

/** The webhook of the key that a request presents. */
export function keySource(
  { directory }: PostbackEndpoint,
  { key, sourceIp }: Pick<ReceivedRequest, 'key' | 'sourceIp'>,
): WebhookSource<GuardedWebhook> {
  return directory.source(key, sourceIp);
}

/** One answer for every key that does not open the endpoint, until there were too many; the request is not kept. */
export function answerUnknownKey(
  reply: FastifyReply,
  received: ReceivedRequest,
  endpoint: PostbackEndpoint,
): FastifyReply {
  const retryAfterSeconds = endpoint.authFailures.fail(received.sourceIp);
  const rejection =
    retryAfterSeconds > 0
      ? tooManyAuthFailures(retryAfterSeconds)
      : reject(
          'invalid_auth_key',
          'Send the auth key of an incoming webhook as "auth_key" in the URL or in the header X-Auth-Key.',
        );
  noteUnknown(endpoint, received, rejection);
  return answerRejected(reply, received, rejection);
}

/** Counts and notes a request that did not become a postback. */
export function noteUnknown(
  { metrics, lines }: PostbackEndpoint,
  received: ReceivedRequest,
  { code }: Rejection,
): void {
  metrics.countRejected(code);
  lines.writeUnknown(received, code);
}

/** Answers a request that is not in the log; its id is that of the server's own log. */
export function answerRejected(
  reply: FastifyReply,
  { postbackId, answerForm }: ReceivedRequest,
  rejection: Rejection,
): FastifyReply {
  reply.header('x-postback-status', 'rejected').header('x-postback-id', postbackId);
  prepareRejection(reply, rejection);
  return answerForm === 'gif' || answerForm === 'text'
    ? answerInForm(reply, answerForm, rejection)
    : sendProblemJson(reply, problemOf(rejection, { postback_id: postbackId }));
}
