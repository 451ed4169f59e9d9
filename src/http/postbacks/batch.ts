/** A batch: each item goes the way of a single postback (docs/senders.md#batches). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LimitFunction } from 'p-limit';
import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import { type Outcome, type Postback, rejectedOutcome } from '../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../core/updates/rejection.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import type { GuardedWebhook } from '../guards/webhook-guards.ts';
import { prepareRejection, problemOf } from '../server/errors/problem.ts';
import { countOutcome, itemToJson, itemToPostback, noCounts } from './bulk.ts';
import { CallNames } from './call-names.ts';
import { answerRejected, answerUnknownKey, noteUnknown } from './no-postback.ts';
import type { RequestMetadata } from './postback-lines.ts';
import type { PostbackEndpoint } from './postback-routes.ts';
import { rejectBeforeDecoding } from './rejections/early-rejection.ts';
import { type BatchBody, mentionsPhone, readItem } from './request/batch-body.ts';
import { repeatIdOf } from './request/read-postback.ts';
import type { ReceivedRequest } from './request/received-request.ts';
import { headersRecord, recordText } from './request/recorded-request.ts';
import { submitAtomically, submitPostback, type WebhookSource } from './submit.ts';

/** Results that are written at once: about a millisecond of work, where they are of usual size. */
const resultsAtOnce = 50;

/** The query of a batch is about the batch. */
const noQuery = new URLSearchParams();

type Settled = { outcome: Outcome; isDryRun: boolean };

/** One batch on its way: its items become postbacks when their turn comes. */
export class Batch {
  readonly #batchId = makeOrderedId();
  readonly #endpoint: PostbackEndpoint;
  readonly #type: WebhookType;
  readonly #request: FastifyRequest;
  readonly #received: ReceivedRequest & RequestMetadata;
  readonly #body: BatchBody;
  /** Where some name a call by number, one call may be named in both ways: then all items keep their order. */
  readonly #orderingKeyOf: (postback: Postback) => string | Promise<string | undefined>;

  constructor(
    endpoint: PostbackEndpoint,
    type: WebhookType,
    request: FastifyRequest,
    received: ReceivedRequest,
    body: BatchBody,
    webhook: GuardedWebhook,
  ) {
    this.#endpoint = endpoint;
    this.#type = type;
    this.#request = request;
    this.#received = { ...received, batchId: this.#batchId };
    this.#body = body;
    const byPhone = body.items.filter(mentionsPhone).length;
    const isMapped = webhook.mapping !== null;
    const mayMix = isMapped || (byPhone > 0 && byPhone < body.items.length); // a mapping decides what names a call
    const names = new CallNames(endpoint.callNames, webhook.accountId);
    this.#orderingKeyOf = mayMix ? () => this.#batchId : ({ target }) => names.nameOf(target);
  }

  /** Items are independent; those for one call are applied in their order. */
  async answerEach(reply: FastifyReply, limit: LimitFunction): Promise<FastifyReply> {
    const settled = await limit.map(this.#body.items, (_item, index) => this.#submit(index));
    const [first] = settled;
    const rejection = first?.outcome.rejection;
    const isAllUndone = settled.every(({ outcome }) => outcome.rejection?.code === 'store_unavailable');
    if (rejection != null && isAllUndone) return answerRejected(reply, this.#received, rejection);
    return this.#answer(reply, settled);
  }

  /** One rejection and nothing is done; then every item is in the log with why. */
  async answerAtomic(reply: FastifyReply, limit: LimitFunction): Promise<FastifyReply> {
    const submitted = await submitAtomically(this.#endpoint, this.#received, this.#source(), (webhook) =>
      Promise.all(this.#body.items.map((_item, index) => this.#readInTurn(index, webhook))),
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
    return this.#answer(reply, settled);
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
    return this.#answer(reply, settled, rejection);
  }

  /** @param rejection why the item is rejected, whatever it contains */
  async #submit(index: number, rejection: Rejection | null = null): Promise<Settled> {
    let isDryRun = this.#body.isDryRun;
    const read = async (webhook: GuardedWebhook) => {
      const postback = await this.#readInTurn(index, webhook);
      isDryRun = postback.isDryRun;
      return rejection === null ? postback : { ...postback, rejection };
    };
    const outcome = await submitPostback(
      this.#endpoint,
      this.#received,
      this.#source(),
      read,
      this.#orderingKeyOf,
    );
    return { outcome: outcome ?? this.#keyGone(index), isDryRun };
  }

  /** The address was checked when the batch was accepted. */
  #source(): WebhookSource<GuardedWebhook> {
    return this.#endpoint.directory.source(this.#received.key, null);
  }

  #readInTurn(index: number, webhook: GuardedWebhook): Promise<Postback> {
    return this.#endpoint.slices.run(() => this.#read(index, webhook));
  }

  #read(index: number, webhook: GuardedWebhook): Postback {
    const item = this.#body.items[index];
    if (item === undefined) throw new Error(`a batch has no item ${index}`);
    const { body, text } = readItem(item);
    const { receivedAt, key } = this.#received;
    const content =
      'kind' in body ? { body, query: noQuery, headers: this.#request.headers, envelope: null } : body;
    const rejection = rejectBeforeDecoding(this.#type, webhook, this.#request);
    const repeatId = this.#repeatId(index, webhook);
    // A mapping may read headers, so a replay needs them.
    const headers = webhook.mapping === null ? {} : headersRecord(this.#request.headers);
    const recorded = recordText({ method: 'POST', batch_id: this.#batchId, index, query: {}, headers }, text);
    const arrival = {
      postbackId: makeOrderedId(),
      receivedAt,
      sourceIp: this.#request.sourceIp,
      request: key === null ? recorded : recorded.replaceAll(key, '[auth key]'),
    };
    const { isDryRun, isAtomic } = this.#body;
    const postback = itemToPostback(this.#type, webhook, arrival, content, repeatId, rejection, isDryRun);
    return { ...postback, batchId: this.#batchId, ...(isAtomic && { isKept: false }) };
  }

  /** The id that a header gives a batch makes one for each item that has none of its own. */
  #repeatId(index: number, webhook: GuardedWebhook): string | null {
    const id = repeatIdOf(webhook, this.#request);
    return id === null ? null : `${id}#${index}`;
  }

  #keyGone(index: number): Outcome {
    const rejection = reject('invalid_auth_key', 'The key stopped being valid while the batch ran.');
    return rejectedOutcome({ postbackId: `${this.#batchId}#${index}`, target: null, ignored: [] }, rejection);
  }

  /** Written in pieces: the results of a large batch take many milliseconds. */
  async #answer(
    reply: FastifyReply,
    settled: Settled[],
    rejection: Rejection | null = null,
  ): Promise<FastifyReply> {
    const summary = noCounts();
    for (const { outcome } of settled) countOutcome(summary, outcome);
    const members = { batch_id: this.#batchId, summary };
    const head = JSON.stringify(rejection === null ? members : problemOf(rejection, members));
    const pieces = [Buffer.from(`${head.slice(0, -1)},"results":[`)];
    for (let from = 0; from < settled.length; from += resultsAtOnce) {
      const some = settled.slice(from, from + resultsAtOnce);
      const piece = await this.#endpoint.slices.run(() => {
        const texts = some.map(({ outcome, isDryRun }, at) =>
          JSON.stringify({ index: from + at, ...itemToJson(outcome, isDryRun) }),
        );
        return Buffer.from(`${from === 0 ? '' : ','}${texts.join(',')}`);
      });
      pieces.push(piece);
    }
    pieces.push(Buffer.from(']}'));
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (rejection === null) reply.code(200).header('cache-control', 'no-store');
    else prepareRejection(reply, rejection);
    const type = rejection === null ? 'application/json; charset=utf-8' : 'application/problem+json';
    return reply.headers({ 'content-type': type, 'content-length': length }).send(Readable.from(pieces));
  }
}

function neighbourRejected(): Rejection {
  return reject(
    'batch_rejected',
    'Nothing is wrong with this item, but another one of the atomic batch is rejected.',
  );
}
