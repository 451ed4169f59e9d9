import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LimitFunction } from 'p-limit';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/fields/webhook-type.ts';
import { type Rejection, reject, rejectionCodes } from '../../core/updates/rejection.ts';
import { sendGuards } from '../guards/webhook-guards.ts';
import { noValidator } from '../server/errors/validation.ts';
import { Batch } from './batch.ts';
import { answerRejected, answerUnknownKey, noteUnknown } from './no-postback.ts';
import { answerOtherMethod, keySource, otherMethods, type PostbackEndpoint } from './postback-routes.ts';
import { batchSchema } from './postback-schemas.ts';
import { rejectBeforeDecoding, rejectHead } from './rejections/early-rejection.ts';
import { batchBytesMax, readBatchBody } from './request/batch-body.ts';
import { arrivalOf, toRejected } from './request/read-postback.ts';
import { receive } from './request/received-request.ts';
import { submitPostback } from './submit.ts';

/** 16 MiB at 1 Mbit/s. */
const batchBodyMsMax = 135_000;

export function registerBatchRoutes(
  app: FastifyInstance,
  endpoint: PostbackEndpoint,
  limit: LimitFunction,
): void {
  for (const type of webhookTypeNames) {
    app.post(
      `/${webhookTypes[type].path}/batch`,
      {
        bodyLimit: batchBytesMax,
        config: { bodyMsMax: batchBodyMsMax },
        schema: batchSchema(type),
        validatorCompiler: noValidator,
        onRequest: async (request, reply) => rejectBeforeBody(endpoint, type, request, reply),
        errorHandler: async (error, request, reply) => {
          const rejection = endpoint.rejectionOf(error, request.log);
          return rejectBatch(endpoint, type, request, reply, tooLargeFor(rejection));
        },
      },
      async (request, reply) => takeBatch(endpoint, limit, type, request, reply),
    );
    const answerOther = async (request: FastifyRequest, reply: FastifyReply) =>
      answerOtherMethod(endpoint, request, reply, 'POST');
    app.route({
      method: ['GET', ...otherMethods],
      url: `/${webhookTypes[type].path}/batch`,
      schema: { hide: true },
      handler: answerOther,
      errorHandler: async (_error, request, reply) => answerOther(request, reply),
    });
  }
}

function tooLargeFor(rejection: Rejection): Rejection {
  if (rejection.code !== 'body_too_large') return rejection;
  return reject('body_too_large', `Send at most ${batchBytesMax} bytes in one batch. Nothing was done.`);
}

/** What the headers tell is checked before up to 16 MiB are read. */
async function rejectBeforeBody(
  endpoint: PostbackEndpoint,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const received = receive(request);
  request.received = received;
  const { key, sourceIp } = received;
  const webhook = key === null ? null : await endpoint.directory.find(key, sourceIp);
  if (webhook === null) return answerUnknownKey(reply, received, endpoint);
  request.bodyOwner = webhook.webhookId;
  const rejection = rejectHead(type, webhook, request);
  if (rejection === null) return undefined;
  sendGuards(reply, request);
  return rejectBatch(endpoint, type, request, reply, rejection);
}

async function takeBatch(
  endpoint: PostbackEndpoint,
  limit: LimitFunction,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const received = request.received ?? receive(request);
  const { key, sourceIp } = received;
  const webhook = key === null ? null : await endpoint.directory.find(key, sourceIp);
  if (webhook === null) return answerUnknownKey(reply, received, endpoint);
  const earlyRejection = rejectBeforeDecoding(type, webhook, request);
  sendGuards(reply, request);
  if (earlyRejection !== null) return rejectBatch(endpoint, type, request, reply, earlyRejection);
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const contentType = request.headers['content-type'];
  const row = webhook.mapping === null ? webhookTypes[type] : null;
  const body = await readBatchBody(bytes, contentType, received.query, endpoint.slices, row);
  if ('code' in body) return rejectBatch(endpoint, type, request, reply, body);
  const batch = new Batch(endpoint, type, request, received, body, webhook);
  return body.isAtomic ? batch.answerAtomic(reply, limit) : batch.answerEach(reply, limit);
}

/** A batch that is rejected as a whole is one postback in the log. */
async function rejectBatch(
  endpoint: PostbackEndpoint,
  type: WebhookType,
  request: FastifyRequest,
  reply: FastifyReply,
  rejection: Rejection,
): Promise<FastifyReply> {
  const received = request.received ?? receive(request);
  if (rejectionCodes[rejection.code].httpStatus >= 500) {
    noteUnknown(endpoint, received, rejection);
    return answerRejected(reply, received, rejection);
  }
  const arrival = arrivalOf(request, received, rejection);
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) =>
    toRejected(webhook, arrival, rejectHead(type, webhook, request) ?? rejection),
  );
  if (outcome === null) return answerUnknownKey(reply, received, endpoint);
  // The id of a repeat is that of the first one.
  const logged = { ...received, postbackId: outcome.postbackId };
  return answerRejected(reply, logged, outcome.rejection ?? rejection);
}
