/** The senders' side: the three postback doors, one pipeline (contract 2.1 to 2.9). */
import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome, Postback, Stale } from '../../core/updates/postback.ts';
import { type Refusal, refusalCodes, refuse } from '../../core/updates/rejection.ts';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/webhook-type.ts';
import type { Writer } from '../../ingest/writer.ts';
import { type GuessGuard, tooManyGuesses } from '../guards/auth-failure-limiter.ts';
import { type GuardedWebhook, mayBeOutdated, refuseByGuards, sendGuards } from '../guards/webhook-guards.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Body, bodyBytesMax, decodeText, readBody } from '../server/body.ts';
import type { ErrorMapper } from '../server/errors.ts';
import { prepareRefusal, problemOf, sendProblemJson } from '../server/problem.ts';
import { type AnswerOptions, answerInForm, answerPostback } from './postback-answer.ts';
import type { Carrier, PostbackLines } from './postback-lines.ts';
import { postbackSchema } from './postback-schemas.ts';
import { arrivalOf, nothingDecoded, readPostback, toPostback } from './read-postback.ts';
import { type ReceivedRequest, receive } from './received-request.ts';
import { rejected } from './rejected.ts';
import type { WebhookDirectory } from './webhook-directory.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** set at the postback doors, before the body is read */
    received: ReceivedRequest | null;
  }
}

const otherMethods = METHODS.filter((method) => !['GET', 'POST', 'CONNECT'].includes(method));

export type PostbackDoor = {
  writer: Pick<Writer, 'submit' | 'submitAtomic'>;
  directory: WebhookDirectory;
  guesses: GuessGuard;
  metrics: Metrics;
  lines: PostbackLines;
  refusalOf: ErrorMapper;
};

export function registerPostbackRoutes(app: FastifyInstance, door: PostbackDoor): void {
  app.decorateRequest('received', null);
  app.decorateRequest('judgement', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers }, bytes, done) => {
    done(null, decodeText(bytes as Buffer, headers['content-encoding'])); // parseAs says what it is
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
          onRequest: async (request) => {
            request.received = receive(request);
          },
          handler: async (request, reply) => take(door, type, request, reply, readBodyOf(request)),
          errorHandler: async (error, request, reply) => takeBroken(door, type, request, reply, error),
        });
      }
      app.route({
        method: otherMethods,
        url: `/${webhookTypes[type].path}${suffix}`,
        schema: { hide: true },
        handler: async (request, reply) => refuseMethod(door, request, reply),
        errorHandler: async (_error, request, reply) => refuseMethod(door, request, reply),
      });
    }
  }
}

/** Refused whatever the key; with a valid one it is in the log, like every refusal. */
async function refuseMethod(
  door: PostbackDoor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const received = receive(request);
  const refusal = refuse('method_not_allowed', 'Use GET or POST here.');
  const arrival = arrivalOf(request, received, refusal);
  const outcome = await submitFresh(door, received, (webhook) =>
    toPostback(webhook, arrival, nothingDecoded, refuseByGuards(webhook, request) ?? refusal),
  );
  reply.header('allow', 'GET, POST');
  if (outcome !== null)
    return answer(request, reply, outcome, { form: received.answerForm, isDryRun: false });
  door.guesses.fail(received.sourceIp);
  return answerRefused(reply, received, refusal);
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
  const received = request.received ?? receive(request);
  noteUnknown(door, received, refusal);
  return answerRefused(reply, received, refusal);
}

async function take(
  door: PostbackDoor,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body | Refusal,
): Promise<FastifyReply> {
  const received = request.received ?? receive(request);
  const read = { options: { form: received.answerForm, isDryRun: false } };
  const outcome = await submitFresh(door, received, (webhook) => {
    const { postback, options } = readPostback(type, webhook, request, received, body);
    read.options = options;
    return postback;
  });
  return outcome === null
    ? answerUnknownKey(reply, received, door)
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

/**
 * Submits what `read` makes of a request with its webhook's settings, and again with the new ones where they
 * changed meanwhile. @returns null when the key is not valid
 */
export async function submitFresh(
  { directory, writer, metrics, lines }: PostbackDoor,
  received: Pick<ReceivedRequest, 'key' | 'sourceIp'> & Carrier,
  read: (webhook: GuardedWebhook) => Postback,
  together?: string,
): Promise<Outcome | null> {
  const { key, sourceIp } = received;
  for (let from: string | null = sourceIp; ; from = null) {
    const webhook = key === null ? null : await directory.find(key, from);
    if (key === null || webhook === null) return null;
    const postback = read(webhook);
    const isUnlogged = postback.refusal?.isUnlogged === true;
    const result = isUnlogged ? refuseUnlogged(webhook, postback) : await writer.submit(postback, together);
    if (result !== 'stale') {
      metrics.countPostback(result);
      lines.write(received, webhook.type, postback, result);
      return result;
    }
    directory.forget(key);
  }
}

function refuseUnlogged(webhook: GuardedWebhook, postback: Postback): Outcome | Stale {
  return postback.refusal === null || mayBeOutdated(webhook) ? 'stale' : rejected(postback, postback.refusal);
}

/** One answer for every key that does not open the door, until there were too many; the request is not kept. */
export function answerUnknownKey(
  reply: FastifyReply,
  received: ReceivedRequest,
  door: PostbackDoor,
): FastifyReply {
  const retryAfterSeconds = door.guesses.fail(received.sourceIp);
  const refusal =
    retryAfterSeconds > 0
      ? tooManyGuesses(retryAfterSeconds)
      : refuse(
          'invalid_auth_key',
          'Send the auth key of an incoming webhook as "auth_key" in the URL or in the header X-Auth-Key.',
        );
  noteUnknown(door, received, refusal);
  return answerRefused(reply, received, refusal);
}

/** Counts and notes a request that did not become a postback. */
export function noteUnknown(
  { metrics, lines }: PostbackDoor,
  received: ReceivedRequest,
  { code }: Refusal,
): void {
  metrics.countRefused(code);
  lines.writeUnknown(received, code);
}

/** Answers a request that is not in the log; its id is that of the server's own log. */
export function answerRefused(
  reply: FastifyReply,
  { postbackId, answerForm }: ReceivedRequest,
  refusal: Refusal,
): FastifyReply {
  reply.header('x-postback-status', 'rejected').header('x-postback-id', postbackId);
  prepareRefusal(reply, refusal);
  return answerForm === 'gif' || answerForm === 'text'
    ? answerInForm(reply, answerForm, refusal)
    : sendProblemJson(reply, problemOf(refusal, { postback_id: postbackId }));
}
