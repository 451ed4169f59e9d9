/** Many updates in one request: each item goes the way of a single postback (docs/senders.md#batches). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LimitFunction } from 'p-limit';
import { readObject, readPairs, type Source } from '../../core/updates/input-source.ts';
import { type Outcome, type Postback, rejectedOutcome } from '../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../core/updates/rejection.ts';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/webhook-type.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { type GuardedWebhook, sendGuards } from '../guards/webhook-guards.ts';
import { prepareRejection, problemOf, sendProblemJson } from '../server/problem.ts';
import { type BatchBody, batchBytesMax, mentionsPhone, readBatchBody, readItem } from './batch-body.ts';
import { countOutcome, itemToJson, itemToPostback, noCounts } from './bulk.ts';
import type { RequestMetadata } from './postback-lines.ts';
import {
  answerRejected,
  answerUnknownKey,
  keySource,
  noteUnknown,
  type PostbackEndpoint,
} from './postback-routes.ts';
import { batchSchema } from './postback-schemas.ts';
import { nothingDecoded, rejectBeforeDecoding, repeatIdOf, toPostback } from './read-postback.ts';
import { type ReceivedRequest, receive } from './received-request.ts';
import { recordRequest } from './request-record.ts';
import { submitAtomically, submitPostback, type WebhookSource } from './submit.ts';

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
        // The schema is documentation: core reads every item and tells its faults.
        validatorCompiler: () => (value) => ({ value }),
        onRequest: async (request) => {
          request.received = receive(request);
        },
        errorHandler: async (error, request, reply) => {
          const rejection = endpoint.rejectionOf(error, request.log);
          return rejectBatch(endpoint, type, request, reply, tooLargeFor(rejection));
        },
      },
      async (request, reply) => takeBatch(endpoint, limit, type, request, reply),
    );
  }
}

function tooLargeFor(rejection: Rejection): Rejection {
  if (rejection.code !== 'body_too_large') return rejection;
  return reject('body_too_large', `Send at most ${batchBytesMax} bytes in one batch. Nothing was done.`);
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
  const text = typeof request.body === 'string' ? request.body : '';
  const body = readBatchBody(text, request.headers['content-type'], received.query);
  const earlyRejection = rejectBeforeDecoding(type, webhook, request);
  sendGuards(reply, request);
  if (earlyRejection !== null) return rejectBatch(endpoint, type, request, reply, earlyRejection);
  if ('code' in body) return rejectBatch(endpoint, type, request, reply, body);
  const batch = new Batch(endpoint, type, request, received, body);
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
  const { postbackId, receivedAt } = received;
  const recorded = recordRequest(request, received, rejection);
  const arrival = { postbackId, receivedAt, sourceIp: request.sourceIp, request: recorded };
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) =>
    toPostback(webhook, arrival, nothingDecoded, rejectBeforeDecoding(type, webhook, request) ?? rejection),
  );
  if (outcome === null) return answerUnknownKey(reply, received, endpoint);
  return answerRejected(reply, received, outcome.rejection ?? rejection);
}

type Settled = { outcome: Outcome; isDryRun: boolean };

/** One batch on its way: its items become postbacks when their turn comes. */
class Batch {
  readonly #batchId = makeOrderedId();
  readonly #endpoint: PostbackEndpoint;
  readonly #type: WebhookType;
  readonly #request: FastifyRequest;
  readonly #received: ReceivedRequest & RequestMetadata;
  readonly #body: BatchBody;
  /** Where calls are named in both ways, one call may be: then all items stand in one lane and keep their order. */
  readonly #together: string | undefined;

  constructor(
    endpoint: PostbackEndpoint,
    type: WebhookType,
    request: FastifyRequest,
    received: ReceivedRequest,
    body: BatchBody,
  ) {
    this.#endpoint = endpoint;
    this.#type = type;
    this.#request = request;
    this.#received = { ...received, batchId: this.#batchId };
    this.#body = body;
    const byPhone = body.items.filter(mentionsPhone).length;
    this.#together = byPhone > 0 && byPhone < body.items.length ? this.#batchId : undefined;
  }

  /** Items are independent; those for one call are applied in their order. */
  async answerEach(reply: FastifyReply, limit: LimitFunction): Promise<FastifyReply> {
    const settled = await limit.map(this.#body.items, (_item, index) => this.#submit(index));
    const [first] = settled;
    const rejection = first?.outcome.rejection;
    const isAllUndone = settled.every(({ outcome }) => outcome.rejection?.code === 'store_unavailable');
    if (rejection != null && isAllUndone) return answerRejected(reply, this.#received, rejection);
    return reply
      .code(200)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(this.#answer(settled)));
  }

  /** One rejection and nothing is done; then every item is in the log with why. */
  async answerAtomic(reply: FastifyReply, limit: LimitFunction): Promise<FastifyReply> {
    const submitted = await submitAtomically(this.#endpoint, this.#received, this.#source(), (webhook) =>
      this.#body.items.map((_item, index) => this.#read(index, webhook)),
    );
    if (submitted === null) return answerUnknownKey(reply, this.#received, this.#endpoint);
    const unavailable = submitted.find(
      ({ outcome: { rejection } }) => rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500,
    )?.outcome.rejection;
    if (unavailable != null) {
      noteUnknown(this.#endpoint, this.#received, unavailable);
      return answerRejected(reply, this.#received, unavailable);
    }
    if (submitted.some(({ outcome }) => outcome.status === 'rejected'))
      return this.#answerUndone(
        reply,
        submitted.map(({ outcome }) => outcome.rejection),
        limit,
      );
    const settled = submitted.map(({ postback, outcome }) => ({ outcome, isDryRun: postback.isDryRun }));
    return reply.code(200).header('cache-control', 'no-store').send(this.#answer(settled));
  }

  /** Logs every item with why it was rejected. */
  async #answerUndone(
    reply: FastifyReply,
    rejections: (Rejection | null)[],
    limit: LimitFunction,
  ): Promise<FastifyReply> {
    const settled = await limit.map(rejections, (rejection, index) =>
      this.#submit(index, rejection ?? neighbourRejected()),
    );
    const detail =
      'At least one item is rejected, so nothing was done: see the results, correct those items and send the batch again.';
    const rejection = reject('batch_rejected', detail);
    return sendProblemJson(prepareRejection(reply, rejection), problemOf(rejection, this.#answer(settled)));
  }

  /** @param rejection why the item is rejected, whatever it contains */
  async #submit(index: number, rejection: Rejection | null = null): Promise<Settled> {
    let isDryRun = this.#body.isDryRun;
    const read = (webhook: GuardedWebhook) => {
      const postback = this.#read(index, webhook);
      isDryRun = postback.isDryRun;
      return rejection === null ? postback : { ...postback, rejection };
    };
    const outcome = await submitPostback(
      this.#endpoint,
      this.#received,
      this.#source(),
      read,
      this.#together,
    );
    return { outcome: outcome ?? this.#keyGone(index), isDryRun };
  }

  /** The address was checked when the batch was accepted. */
  #source(): WebhookSource<GuardedWebhook> {
    return this.#endpoint.directory.source(this.#received.key, null);
  }

  #read(index: number, webhook: GuardedWebhook): Postback {
    const item = this.#body.items[index];
    if (item === undefined) throw new Error(`a batch has no item ${index}`);
    const { body, text } = readItem(item);
    const type = webhookTypes[this.#type];
    const { receivedAt, key } = this.#received;
    const isObject = 'kind' in body && body.kind === 'json';
    const sources = isObject ? [readObject(body.payload, type), ...this.#repeatId(index, webhook)] : null;
    const rejection =
      rejectBeforeDecoding(this.#type, webhook, this.#request) ?? ('code' in body ? body : null);
    const recorded = `{"method":"POST","batch_id":"${this.#batchId}","index":${index},"query":{},"headers":{},"body":${text}}`;
    const arrival = {
      postbackId: makeOrderedId(),
      receivedAt,
      sourceIp: this.#request.sourceIp,
      request: key === null ? recorded : recorded.replaceAll(key, '[auth key]'),
    };
    return itemToPostback(this.#type, webhook, arrival, sources, rejection, this.#body.isDryRun);
  }

  /** The id that a header gives a batch makes one for each item that has none of its own. */
  #repeatId(index: number, webhook: GuardedWebhook): Source[] {
    const id = repeatIdOf(webhook, this.#request);
    return id === null ? [] : [readPairs([['transaction_id', `${id}#${index}`]], webhookTypes[this.#type])];
  }

  #keyGone(index: number): Outcome {
    const rejection = reject('invalid_auth_key', 'The key stopped being valid while the batch ran.');
    return rejectedOutcome({ postbackId: `${this.#batchId}#${index}`, target: null, ignored: [] }, rejection);
  }

  #answer(settled: Settled[]) {
    const summary = noCounts();
    const results = settled.map(({ outcome, isDryRun }, index) => {
      countOutcome(summary, outcome);
      return { index, ...itemToJson(outcome, isDryRun) };
    });
    return { batch_id: this.#batchId, summary, results };
  }
}

function neighbourRejected(): Rejection {
  return reject(
    'batch_rejected',
    'Nothing is wrong with this item, but another one of the atomic batch is rejected.',
  );
}
