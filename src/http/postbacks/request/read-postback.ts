import type { FastifyRequest } from 'fastify';
import type { Decoded } from '../../../core/updates/decode/decode.ts';
import { notAnObject } from '../../../core/updates/decode/json-body.ts';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { waitFor, waitOfCallData } from '../../../core/updates/fold/wait.ts';
import type { Postback } from '../../../core/updates/postback.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import { isJsonObject } from '../../../core/values/json/json.ts';
import { withoutKeys } from '../../../core/values/text/auth-key.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import type { GuardedWebhook } from '../../guards/webhook-guards.ts';
import type { Body } from '../../server/body/body.ts';
import type { AnswerOptions } from '../postback-answer.ts';
import { rejectBeforeDecoding } from '../rejections/early-rejection.ts';
import { type Content, nothingDecoded, readContent } from './read-content.ts';
import type { ReceivedRequest, RequestHead } from './received-request.ts';
import { recordRequest } from './recorded-request.ts';

/** One request as a postback: its update, or why it is rejected. */
export function readPostback(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
  received: ReceivedRequest,
  body: Body | Rejection,
): { postback: Postback; options: AnswerOptions } {
  const earlyRejection = rejectBeforeDecoding(type, webhook, request);
  const read = readRequest(type, webhook, request, received, body, earlyRejection);
  const { decoded } = read;
  const postback = toPostback(webhook, arrivalOf(request, received, body), read);
  const form = received.answerForm === 'json' ? decoded.answerForm : received.answerForm;
  return { postback, options: { form, isDryRun: decoded.isDryRun } };
}

/** What a request says to its webhook, and what becomes of it. */
export type ReadRequest = Pick<Postback, 'rejection' | 'isKept' | 'isIgnored'> & { decoded: Decoded };

/** @param earlyRejection why it is rejected, whatever it contains */
function readRequest(
  type: WebhookType,
  webhook: KeyedWebhook,
  head: Pick<RequestHead, 'method' | 'headers'>,
  received: Pick<ReceivedRequest, 'query' | 'receivedAt'>,
  body: Body | Rejection,
  earlyRejection: Rejection | null,
): ReadRequest {
  const { query, receivedAt } = received;
  const repeatId = repeatIdOf(webhook, head);
  const content = 'kind' in body ? { body, query, headers: head.headers, envelope: null } : body;
  const read = readItemContent(type, webhook, content, repeatId, receivedAt, earlyRejection);
  if (repeatId === null || webhook.verify?.scheme === 'standard_webhooks') return read;
  return { ...read, decoded: tellUnusedKey(read.decoded, repeatId.trim()) };
}

/** The payload's own id counts. A header that differs is listed in `ignored`. */
function tellUnusedKey(decoded: Decoded, repeatId: string): Decoded {
  const { transactionId, ignored } = decoded;
  if (transactionId === null || transactionId === repeatId) return decoded;
  return { ...decoded, ignored: [...ignored, 'Idempotency-Key'] };
}

/**
 * One record of a request, an item of a batch, or a row of a file.
 * @param content why it is not one, if it is not
 */
export function readItemContent(
  type: WebhookType,
  webhook: KeyedWebhook,
  content: Content | Rejection,
  repeatId: string | null,
  receivedAt: string,
  earlyRejection: Rejection | null,
): ReadRequest {
  if ('code' in content) return { decoded: nothingDecoded, rejection: earlyRejection ?? content };
  const { mapping } = webhook;
  const hasRecords = mapping !== null && !('code' in mapping) && mapping.each !== null;
  const body = hasRecords ? content.body : soleItem(content.body);
  const unreadable =
    body.kind === 'list' && !hasRecords
      ? notAnObject(` Send a list of ${body.items.length} to /${webhookTypes[type].path}/batch.`)
      : mapping !== null && 'code' in mapping
        ? mapping
        : null;
  const read =
    unreadable === null ? readContent(type, webhook, { ...content, body }, repeatId, receivedAt) : null;
  const decoded = read?.decoded ?? nothingDecoded;
  const rejection = unreadable ?? (decoded.faults.length > 0 ? rejectFaults(decoded.faults) : null);
  if (earlyRejection !== null) return { decoded, rejection: earlyRejection };
  if (read?.isIgnored === true) return { decoded, rejection: null, isIgnored: true };
  const isForbidden = decoded.faults.some(({ code }) => code === 'field_not_allowed');
  const isKept = webhook.onUnreadable === 'keep' && rejection !== null && !isForbidden;
  return isKept ? { decoded, rejection, isKept } : { decoded, rejection };
}

/** A list of one object is that object: some senders send a list even of a single event. */
export function soleItem(body: Body): Body {
  const [item] = body.kind === 'list' && body.items.length === 1 ? body.items : [];
  return isJsonObject(item) ? { kind: 'json', payload: item } : body;
}

/** When and from where a postback came, and the request as it is logged. */
export type Arrival = Pick<Postback, 'postbackId' | 'receivedAt' | 'sourceIp' | 'request'>;

export function arrivalOf(
  request: RequestHead & Pick<FastifyRequest, 'body'>,
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
  { decoded, ...result }: ReadRequest,
): Postback {
  const { target, update, event, transactionId, isDryRun, ignored } = decoded;
  const { accountId, webhookId, revision, matchWindowHours, matchRule, repeats, sameTransaction, name } =
    webhook;
  const hasPolicies = Object.keys(repeats).length > 0;
  const sender = {
    webhookId,
    revision,
    matchWindowHours,
    matchRule,
    ...(hasPolicies && { repeats }),
    ...(sameTransaction === 'correct' && { isCorrecting: true }),
    webhookName: name,
  };
  return {
    ...arrival,
    accountId,
    sender,
    target,
    update,
    transactionId,
    isDryRun,
    ignored: ignored.map(withoutKeys),
    ...result,
    ...(event !== undefined && { event }),
    ...waitOf(webhook, arrival, decoded),
  };
}

/** How a postback waits that finds no call, by its webhook's settings. Call data and legs always wait. */
function waitOf(
  { unmatched, waitHours }: KeyedWebhook,
  { receivedAt }: Arrival,
  { event, lifespanSeconds }: Decoded,
): Pick<Postback, 'wait' | 'window'> {
  if (lifespanSeconds !== undefined) return waitOfCallData(receivedAt, lifespanSeconds, waitHours);
  const mayWait = unmatched === 'wait' || event?.legId !== undefined;
  return mayWait ? { wait: waitFor(receivedAt, waitHours) } : {};
}

/** A postback that is rejected whatever it contains. */
export function toRejected(webhook: KeyedWebhook, arrival: Arrival, rejection: Rejection): Postback {
  return toPostback(webhook, arrival, { decoded: nothingDecoded, rejection });
}

/** The id that a header gives a request: the one that is signed, where the scheme signs one. */
export function repeatIdOf(
  { verify }: KeyedWebhook,
  { headers }: Pick<RequestHead, 'headers'>,
): string | null {
  const id = headers[verify?.scheme === 'standard_webhooks' ? 'webhook-id' : 'idempotency-key'];
  return id === undefined ? null : String(id);
}
