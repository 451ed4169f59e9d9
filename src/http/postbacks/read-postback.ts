import type { FastifyRequest } from 'fastify';
import { type Decoded, decodePostback } from '../../core/updates/decode.ts';
import { readObject, readPairs } from '../../core/updates/input-source.ts';
import type { Postback } from '../../core/updates/postback.ts';
import { type Rejection, reject, rejectFaults } from '../../core/updates/rejection.ts';
import { waitFor } from '../../core/updates/wait.ts';
import { type WebhookType, type WebhookTypeRow, webhookTypes } from '../../core/updates/webhook-type.ts';
import { emptyTags } from '../../core/values/tags.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { type GuardedWebhook, rejectByGuards, rejectByHead } from '../guards/webhook-guards.ts';
import type { Body } from '../server/body.ts';
import { isLinkPreview } from './link-preview.ts';
import type { AnswerOptions } from './postback-answer.ts';
import type { ReceivedRequest } from './received-request.ts';
import { recordRequest } from './request-record.ts';

/** One request as a postback: what it wants, or why it is rejected. */
export function readPostback(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
  received: ReceivedRequest,
  body: Body | Rejection,
): { postback: Postback; options: AnswerOptions } {
  const earlyRejection = rejectBeforeDecoding(type, webhook, request);
  const { decoded, rejection } = readRequest(type, webhook, request, received, body, earlyRejection);
  const postback = toPostback(webhook, arrivalOf(request, received, body), decoded, rejection);
  const form = received.answerForm === 'json' ? decoded.answerForm : received.answerForm;
  return { postback, options: { form, isDryRun: decoded.isDryRun } };
}

/** The method and headers of a request: one that just came, or one from the log. */
export type RequestHead = Pick<FastifyRequest, 'method' | 'headers'>;

/**
 * What a request says to its webhook, and why it is rejected if it is.
 * @param earlyRejection why it is rejected whatever it says
 */
export function readRequest(
  type: WebhookType,
  webhook: KeyedWebhook,
  head: RequestHead,
  received: Pick<ReceivedRequest, 'query' | 'receivedAt'>,
  body: Body | Rejection,
  earlyRejection: Rejection | null,
): { decoded: Decoded; rejection: Rejection | null } {
  const early = earlyRejection ?? ('kind' in body ? null : body);
  const decoded = 'kind' in body ? decode(webhookTypes[type], webhook, head, received, body) : nothingDecoded;
  return { decoded, rejection: early ?? (decoded.faults.length > 0 ? rejectFaults(decoded.faults) : null) };
}

/** When and whence a postback came, and the request as it is logged. */
export type Arrival = Pick<Postback, 'postbackId' | 'receivedAt' | 'sourceIp' | 'request'>;

export function arrivalOf(
  request: FastifyRequest,
  received: ReceivedRequest,
  body: Body | Rejection,
): Arrival {
  const { postbackId, receivedAt } = received;
  return {
    postbackId,
    receivedAt,
    sourceIp: request.sourceIp,
    request: recordRequest(request, received, body),
  };
}

export function toPostback(
  webhook: KeyedWebhook,
  arrival: Arrival,
  { target, update, transactionId, isDryRun, ignored }: Decoded,
  rejection: Rejection | null,
): Postback {
  const { accountId, webhookId, revision, matchWindowHours, matchRule, repeats } = webhook;
  const hasPolicies = Object.keys(repeats).length > 0;
  const sender = { webhookId, revision, matchWindowHours, matchRule, ...(hasPolicies && { repeats }) };
  const { unmatched, waitHours } = webhook;
  return {
    ...{ ...arrival, accountId, sender, target, update, transactionId, isDryRun, ignored, rejection },
    ...(unmatched === 'wait' && { wait: waitFor(arrival.receivedAt, waitHours) }),
  };
}

/** What a valid key is rejected for before the body is read. */
export function rejectHead(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
): Rejection | null {
  return rejectWebhook(type, webhook) ?? rejectPreview(request) ?? rejectByHead(webhook, request);
}

/** What a valid key is rejected for before its payload is decoded. */
export function rejectBeforeDecoding(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
): Rejection | null {
  return rejectWebhook(type, webhook) ?? rejectPreview(request) ?? rejectByGuards(webhook, request);
}

/** Prefetches and link previews never change anything (docs/senders.md#answers). */
export function rejectPreview({ method, headers }: RequestHead): Rejection | null {
  if (!isLinkPreview(method, headers)) return null;
  return reject('link_preview', 'This looks like a prefetch or a link preview, which changes nothing.');
}

/** What a webhook is rejected for whoever sends. */
export function rejectWebhook(type: WebhookType, webhook: KeyedWebhook): Rejection | null {
  if (webhook.type !== type) {
    const detail = `This key belongs to a webhook of type ${webhook.type}: send to /${webhookTypes[webhook.type].path}.`;
    return reject('wrong_webhook_type', detail);
  }
  if (webhook.isPaused)
    return reject('webhook_paused', 'Its owner paused this webhook: ask for it to be resumed.');
  return null;
}

function decode(
  type: WebhookTypeRow,
  webhook: KeyedWebhook,
  request: RequestHead,
  { query, receivedAt }: Pick<ReceivedRequest, 'query' | 'receivedAt'>,
  body: Body,
): Decoded {
  const sources = query.size > 0 ? [readPairs(query, type)] : [];
  if (body.kind === 'json') sources.unshift(readObject(body.payload, type));
  if (body.kind === 'form') sources.unshift(readPairs(body.pairs, type));
  const repeatId = repeatIdOf(webhook, request);
  if (repeatId !== null) sources.push(readPairs([['transaction_id', repeatId]], type));
  return decodePostback(sources, type, { ...webhook, receivedAt });
}

/** The id that a header gives a request: of a signed one the id that is signed, for no other is the sender's. */
export function repeatIdOf(
  { signingSecrets }: KeyedWebhook,
  { headers }: Pick<RequestHead, 'headers'>,
): string | null {
  const id = headers[signingSecrets.length > 0 ? 'webhook-id' : 'idempotency-key'];
  return id === undefined ? null : String(id);
}

/** What a request says that could not be read. */
export const nothingDecoded: Decoded = {
  target: null,
  update: { set: {}, add: emptyTags(), remove: [] },
  transactionId: null,
  isDryRun: false,
  answerForm: 'json',
  ignored: [],
  faults: [],
};
