/** The senders' side: the three postback endpoints, one pipeline (docs/senders.md#the-key). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LimitFunction } from 'p-limit';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/fields/webhook-type.ts';
import type { Outcome } from '../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../core/updates/rejection.ts';
import type { Writer } from '../../ingest/writer.ts';
import type { Store } from '../../store/store.ts';
import type { AuthFailureLimiter } from '../guards/auth-failure-limiter.ts';
import { type GuardedWebhook, mayBeOutdated, rejectByGuards, sendGuards } from '../guards/webhook-guards.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { announcesBody, type Body, bodyBytesMax, isFormType, readBody } from '../server/body/body.ts';
import type { BodyBytes } from '../server/body/body-bytes.ts';
import { decodeBody, toUtf8 } from '../server/body/body-text.ts';
import type { ErrorMapper } from '../server/errors/errors.ts';
import { noValidator } from '../server/errors/validation.ts';
import type { WorkSlices } from '../server/work-slices.ts';
import { allowAnyOrigin, answerPreflight, isPreflight } from './cross-origin.ts';
import { answerRejected, answerUnknownKey, noteUnknown } from './no-postback.ts';
import { type AnswerOptions, answerPostback } from './postback-answer.ts';
import type { PostbackLines } from './postback-lines.ts';
import { postbackSchema } from './postback-schemas.ts';
import { answerRecords, splitRecords } from './records.ts';
import { explainRedirect, rejectHead } from './rejections/early-rejection.ts';
import type { InvalidKeys } from './rejections/invalid-keys.ts';
import type { RejectedRepeats } from './rejections/rejected-repeats.ts';
import { arrivalOf, readPostback, toRejected } from './request/read-postback.ts';
import { keyInForm, type ReceivedRequest, receive } from './request/received-request.ts';
import { submitPostback, type WebhookSource } from './submit.ts';
import type { WebhookDirectory } from './webhook-directory.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** set at the postback endpoints, before the body is read */
    received: ReceivedRequest | null;
  }
}

// Not imported, which would load what `fetch` and WebSockets need: 20 ms of every start.
const { METHODS } = process.getBuiltinModule('node:http');
export const otherMethods = METHODS.filter((method) => !['GET', 'POST', 'CONNECT'].includes(method));

export type PostbackEndpoint = {
  writer: Pick<Writer, 'submit' | 'submitAtomic'>;
  directory: WebhookDirectory;
  authFailures: AuthFailureLimiter;
  metrics: Metrics;
  lines: PostbackLines;
  rejectionOf: ErrorMapper;
  /** without a slash at the end */
  publicUrl(): string;
  bodyBytes: BodyBytes;
  repeated: RejectedRepeats;
  invalidKeys: InvalidKeys;
  slices: WorkSlices;
  /** for the items of batches and the records of requests */
  bulkLimit: LimitFunction;
  callNames: Pick<Store, 'hasOtherIds' | 'findOtherIds'>;
};

export function registerPostbackRoutes(app: FastifyInstance, endpoint: PostbackEndpoint): void {
  app.decorateRequest('received', null);
  app.decorateRequest('judgement', null);
  app.removeAllContentTypeParsers();
  endpoint.bodyBytes.releaseAfterResponse(app);
  app.addContentTypeParser('*', (request: FastifyRequest) => {
    const { bodyLimit = bodyBytesMax } = request.routeOptions;
    const decode = bodyLimit > bodyBytesMax ? toUtf8 : decodeBody;
    return endpoint.bodyBytes.read(request, bodyLimit).then((bytes) => decode(bytes, request.headers));
  });
  app.addHook('onRequest', dropEmptyContentType);
  allowAnyOrigin(app);
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
          validatorCompiler: noValidator,
          onRequest: async (request, reply) => rejectBeforeBody(endpoint, type, request, reply),
          preValidation: (request, _reply, done) => readBodyOfGet(endpoint, request, done),
          handler: (request, reply) => take(endpoint, type, request, reply, readBodyOf(endpoint, request)),
          errorHandler: async (error, request, reply) => takeBroken(endpoint, type, request, reply, error),
        });
      }
      app.route({
        method: otherMethods,
        url: `/${webhookTypes[type].path}${suffix}`,
        schema: { hide: true },
        handler: async (request, reply) => answerOtherMethod(endpoint, request, reply, 'GET, POST'),
        errorHandler: async (_error, request, reply) =>
          answerOtherMethod(endpoint, request, reply, 'GET, POST'),
      });
    }
  }
}

/** A template without a value sends the header all the same. It declares nothing; the framework would reject it. */
function dropEmptyContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (headers['content-type'] === '') delete headers['content-type'];
  done();
}

/**
 * Reading a body takes memory, which is for senders with a valid key. Only a form may have its key in the body; then the
 * body counts for the address. Rejections that the log has are read to the end, so that they can be replayed.
 */
async function rejectBeforeBody(
  endpoint: PostbackEndpoint,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const received = receive(request);
  request.received = received;
  if (request.method === 'GET' && !announcesBody(request.headers)) return undefined;
  if (received.key === null && isFormType(request.headers['content-type'])) return undefined;
  const { key, sourceIp } = received;
  const webhook = key === null ? null : await endpoint.directory.find(key, sourceIp);
  if (webhook === null) return answerUnknownKey(reply, received, endpoint);
  request.bodyOwner = webhook.webhookId;
  const rejection = rejectHead(type, webhook, request);
  if (rejection?.isUnlogged !== true || mayBeOutdated(webhook)) return undefined;
  return take(endpoint, type, request, reply, rejection);
}

/** Some HTTP clients send the body of a GET: it is read like that of a POST. */
function readBodyOfGet(
  { bodyBytes }: PostbackEndpoint,
  request: FastifyRequest,
  done: (error?: Error) => void,
): void {
  if (request.method !== 'GET' || !announcesBody(request.headers)) {
    done();
    return;
  }
  const reading = bodyBytes.read(request).then((bytes) => decodeBody(bytes, request.headers));
  reading.then((text) => {
    request.body = text;
    done();
  }, done);
}

/**
 * A browser's preflight request, or a method that is rejected whatever the key; with a valid one the rejection is in the log,
 * like every rejection.
 * @param allowed the methods that the path takes, as the header `Allow` lists them
 */
export async function answerOtherMethod(
  endpoint: PostbackEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: string,
): Promise<FastifyReply> {
  if (isPreflight(request)) return answerPreflight(reply, allowed);
  const received = receive(request);
  const rejection = reject('method_not_allowed', `Use ${allowed.replace(', ', ' or ')} here.`);
  const arrival = arrivalOf(request, received, rejection);
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) =>
    toRejected(webhook, arrival, rejectByGuards(webhook, request) ?? rejection),
  );
  reply.header('allow', allowed);
  if (outcome !== null)
    return answer(request, reply, outcome, { form: received.answerForm, isDryRun: false });
  endpoint.authFailures.fail(received.sourceIp);
  return answerRejected(reply, received, rejection);
}

/** Longer bodies take milliseconds each, and many may arrive in one turn of the event loop. */
const readAtOnceCharsMax = 8 * 1024;

/** Reads a short body at once, and a long one in its slice of the event loop. */
function inTurn<T>({ slices }: PostbackEndpoint, { body }: FastifyRequest, work: () => T): T | Promise<T> {
  return typeof body === 'string' && body.length > readAtOnceCharsMax ? slices.run(work) : work();
}

function readBodyOf(
  endpoint: PostbackEndpoint,
  request: FastifyRequest,
): Body | Rejection | Promise<Body | Rejection> {
  const text = typeof request.body === 'string' ? request.body : undefined;
  return inTurn(endpoint, request, () => readBody(text, request.headers['content-type']));
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
  reading: Body | Rejection | Promise<Body | Rejection>,
): Promise<FastifyReply> {
  const body = await reading;
  const received = request.received ?? receive(request);
  received.key ??= keyInForm(body);
  const source = keySource(endpoint, received);
  const records = await splitOf(source, type, request, body);
  if (records !== null && 'kind' in body) {
    if ('code' in records) return take(endpoint, type, request, reply, records);
    return answerRecords(endpoint, reply, { type, request, received, body, records, source });
  }
  const read = { options: { form: received.answerForm, isDryRun: false } };
  const outcome = await submitPostback(endpoint, received, source, (webhook) =>
    inTurn(endpoint, request, () => {
      const { postback, options } = readPostback(type, webhook, request, received, body);
      read.options = options;
      return explainRedirect(postback, request, received, endpoint.publicUrl);
    }),
  );
  return outcome === null
    ? answerUnknownKey(reply, received, endpoint)
    : answer(request, reply, outcome, read.options);
}

/** The records of a request that has several; why there are too many; or null. */
type Split = unknown[] | Rejection | null;

/** Only JSON can have several records. */
function splitOf(
  source: WebhookSource<GuardedWebhook>,
  type: WebhookType,
  request: FastifyRequest,
  body: Body | Rejection,
): Split | Promise<Split> {
  if ('code' in body || body.kind === 'none' || body.kind === 'form') return null;
  const split = (webhook: GuardedWebhook | null) =>
    webhook === null ? null : splitRecords(type, webhook, request, body);
  const webhook = source.find();
  return webhook instanceof Promise ? webhook.then(split) : split(webhook);
}

/** Responds with the headers of the webhook's guards, too: the rest of its rate limit, and its methods. */
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
