/** A request whose mapping has `each`: every record is a separate postback, answered as in a batch. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LimitFunction } from 'p-limit';
import { recordsOf } from '../../core/mapping/apply/apply-mapping.ts';
import { notAnObject } from '../../core/updates/decode/json-body.ts';
import type { WebhookType } from '../../core/updates/fields/webhook-type.ts';
import { type Outcome, type Postback, rejectedOutcome } from '../../core/updates/postback.ts';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { isJsonObject, parseStoredJson } from '../../core/values/json/json.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { type GuardedWebhook, sendGuards } from '../guards/webhook-guards.ts';
import type { Body } from '../server/body/body.ts';
import { countOutcome, itemToJson, itemToPostback, noCounts } from './bulk.ts';
import { rejectBeforeDecoding } from './rejections/early-rejection.ts';
import { type Content, jsonOf } from './request/read-content.ts';
import { readPostback, repeatIdOf } from './request/read-postback.ts';
import type { ReceivedRequest } from './request/received-request.ts';
import {
  type ReplayableRequest,
  type RequestRecord,
  readRecord,
  recordRecord,
  recordText,
} from './request/recorded-request.ts';
import { type Submission, submitPostback, type WebhookSource } from './submit.ts';

const recordsMax = 1_000;
/** An envelope that is stored with each of several records, so that a replay can read it. */
const envelopeCharsMax = 4_000;

/**
 * The records that a request is to be split into.
 * @returns null where it is one postback, or is rejected as a whole; a rejection where there are too many
 */
export function splitRecords(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
  body: Body | Rejection,
): unknown[] | Rejection | null {
  const { mapping } = webhook;
  if (mapping === null || 'code' in mapping || mapping.each === null || 'code' in body) return null;
  if (rejectBeforeDecoding(type, webhook, request) !== null) return null;
  const records = recordsOf(mapping, jsonOf(body));
  if (!Array.isArray(records)) return null;
  if (records.length <= recordsMax) return records;
  const detail = `Send at most ${recordsMax} records in one request; this one has ${records.length}. Nothing was done.`;
  return reject('body_too_large', detail);
}

type Split = {
  type: WebhookType;
  request: FastifyRequest;
  received: ReceivedRequest;
  body: Body;
  records: unknown[];
  source: WebhookSource<GuardedWebhook>;
};

export async function answerRecords(
  to: Submission & { bulkLimit: LimitFunction },
  reply: FastifyReply,
  split: Split,
): Promise<FastifyReply> {
  const batchId = makeOrderedId();
  const metadata = { ...split.received, batchId };
  const settled = await to.bulkLimit.map(split.records, async (record, index) => {
    let isDryRun = false;
    const outcome = await submitPostback(
      to,
      metadata,
      split.source,
      (webhook) => {
        const postback = readRecordOf(split, webhook, batchId, record, index);
        ({ isDryRun } = postback);
        return postback;
      },
      () => batchId,
    );
    return { outcome: outcome ?? keyGone(`${batchId}#${index}`), isDryRun };
  });
  const summary = noCounts();
  for (const { outcome } of settled) countOutcome(summary, outcome);
  const results = settled.map(({ outcome, isDryRun }, index) => ({
    index,
    ...itemToJson(outcome, isDryRun),
  }));
  sendGuards(reply, split.request);
  const isIgnored = settled.length > 0 && settled.every(({ outcome }) => outcome.status === 'ignored');
  const answer = { ...(isIgnored && { status: 'ignored' }), batch_id: batchId, summary, results };
  return reply.code(200).header('cache-control', 'no-store').send(answer);
}

function readRecordOf(
  { type, request, received, body, records }: Split,
  webhook: GuardedWebhook,
  batchId: string,
  record: unknown,
  index: number,
): Postback {
  // A request with one record is logged as it came.
  if (records.length === 1) return readPostback(type, webhook, request, received, body).postback;
  const postbackId = makeOrderedId();
  const { receivedAt, sourceIp, query } = received;
  const envelope = envelopeOf(webhook, body);
  const isKept = JSON.stringify(envelope).length <= envelopeCharsMax;
  const part = { batch_id: batchId, index, envelope: isKept ? envelope : null };
  const arrival = {
    ...{ postbackId, receivedAt, sourceIp },
    request: recordRecord(request, received, part, record),
  };
  const repeatId = repeatIdOf(webhook, request);
  const content = isJsonObject(record)
    ? { body: { kind: 'json', payload: record } as const, query, headers: request.headers, envelope }
    : notAnObject();
  const early = rejectBeforeDecoding(type, webhook, request);
  const itemId = repeatId === null ? null : `${repeatId}#${index}`;
  return itemToPostback(type, webhook, arrival, content, itemId, early, false);
}

/** The body without its records, which may be read by pointers too. */
export function envelopeOf({ mapping }: Pick<GuardedWebhook, 'mapping'>, body: Body): unknown {
  const path = mapping === null || 'code' in mapping ? [] : (mapping.each ?? []);
  return withoutMember(jsonOf(body), path);
}

function withoutMember(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || !isJsonObject(value)) return {};
  const others = Object.entries(value).filter(([other]) => other !== name);
  const inner = rest.length === 0 ? undefined : withoutMember(value[name], rest);
  return Object.fromEntries(inner === undefined ? others : [...others, [name, inner]]);
}

function keyGone(postbackId: string): Outcome {
  const rejection = reject('invalid_auth_key', 'The key stopped being valid while the request ran.');
  return rejectedOutcome({ postbackId, target: null, ignored: [] }, rejection);
}

/** `record`: JSON text for the log, where it is a part of what was logged. */
export type RecordedContent = ReplayableRequest & { record: string | null };

/** A kept request as it is read again, split as well. @returns null in place of what the log no longer has */
export function readRecordedContents(request: string, webhook: KeyedWebhook): (RecordedContent | null)[] {
  const recorded = readRecord(request);
  if (recorded === null) return [null];
  const { mapping } = webhook;
  const whole = [{ ...recorded, record: null }];
  const isSplit =
    mapping !== null && !('code' in mapping) && mapping.each !== null && recorded.envelope === null;
  const records = isSplit ? recordsOf(mapping, jsonOf(recorded.body)) : null;
  if (!Array.isArray(records) || records.length < 2) return whole;
  const stored = parseStoredJson(request) as RequestRecord; // `readRecord` read it
  const envelope = envelopeOf(webhook, recorded.body);
  return records.map((record, index) => ({
    ...recorded,
    body: isJsonObject(record) ? { kind: 'json', payload: record } : { kind: 'list', items: [record] },
    envelope,
    record: recordText({ ...stored, index, envelope, body: record }),
  }));
}

export function contentOf({ body, query, headers, envelope }: RecordedContent): Content {
  return { body, query, headers, envelope };
}
