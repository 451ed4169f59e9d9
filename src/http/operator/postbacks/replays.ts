import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Outcome, Postback } from '../../../core/updates/postback.ts';
import { type Rejection, type RejectionCode, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { instantOfId, makeOrderedId } from '../../../ordered-id.ts';
import type { KeyedWebhook, RecordedPostback } from '../../../store/store.ts';
import { rejectRecorded } from '../../guards/webhook-guards.ts';
import { answerPostback } from '../../postbacks/postback-answer.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { rejectPreview, rejectWebhook } from '../../postbacks/rejections/early-rejection.ts';
import {
  type ReadRequest,
  readItemContent,
  repeatIdOf,
  toPostback,
} from '../../postbacks/request/read-postback.ts';
import { type ReplayableRequest, readRecord } from '../../postbacks/request/recorded-request.ts';
import { submitPostback } from '../../postbacks/submit.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, type ById, documentedQuery, type List, namesOf } from '../route.ts';
import { ownWebhookSource } from '../webhooks/own-webhook.ts';
import { dryRunBody, dryRunQuery, postbackAnswerJson } from './postback-schemas.ts';

type Replay = ById & List & { Body: Static<typeof dryRunBody> };

/**
 * A rejected postback goes through again, after its cause is corrected: the recorded request is read again,
 * and takes the way of every postback. It is received now, but its match window and conversion time count from the
 * first receipt. Once it is done, another replay is a repeat: it is answered as the first, and nothing is done twice.
 */
export function registerReplayRoute(app: FastifyInstance, api: Api): void {
  app.post<Replay>(
    '/postbacks/:id/replay',
    {
      schema: {
        ...apiDocs,
        tags: ['postback log'],
        summary: 'Send a rejected postback through again',
        querystring: dryRunQuery,
        body: dryRunBody,
        response: { 200: postbackAnswerJson, 202: postbackAnswerJson, '4xx': problem },
      },
      ...documentedQuery,
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(dryRunQuery));
      const isDryRun = reader.flag('dry_run') || request.body?.dry_run === true;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { id } = request.params;
      const postback = isUuid(id) ? await api.store.findRecordedPostback(request.owner.accountId, id) : null;
      if (postback === null)
        return sendProblem(reply, reject('not_found', 'There is no postback with this id in the log.'));
      const outcome = await replayPostback(api, request, postback, isDryRun);
      return 'code' in outcome
        ? sendProblem(reply, outcome)
        : answerPostback(reply, outcome, { form: 'json', isDryRun });
    },
  );
}

type Asked = {
  postback: RecordedPostback;
  recorded: ReplayableRequest;
  isDryRun: boolean;
  callLogId: string | null;
};

/**
 * Sends a rejected postback through again.
 * @param callLogId the call that a person names for it; null: the one that it names itself
 * @returns its outcome, or why it cannot be replayed
 */
export async function replayPostback(
  api: Api,
  request: FastifyRequest,
  postback: RecordedPostback,
  isDryRun: boolean,
  callLogId: string | null = null,
): Promise<Outcome | Rejection> {
  const recorded = readReplayable(postback);
  if (typeof recorded === 'string') return reject('not_replayable', recorded);
  const { owner, sourceIp } = request;
  const source = ownWebhookSource(api.store, owner.accountId, postback.webhookId);
  const outcome = await submitPostback(api, metadataOf(request), source, (webhook) =>
    toReplay(webhook, { postback, recorded, isDryRun, callLogId }, owner.name, sourceIp),
  );
  return outcome ?? reject('not_replayable', 'Its webhook was deleted: ask the sender to use another one.');
}

function toReplay(
  webhook: KeyedWebhook,
  { postback, recorded, isDryRun, callLogId }: Asked,
  by: string,
  sourceIp: string,
): Postback {
  const { first } = postback;
  const type = recorded.type ?? webhook.type;
  const earlyRejection =
    rejectWebhook(type, webhook) ??
    rejectPreview(recorded) ??
    rejectRecorded(webhook, recorded.method, first);
  const { query, body, headers, envelope } = recorded;
  const content = { query, body, headers, envelope };
  const repeatId = repeatIdOf(webhook, recorded);
  const read = readItemContent(type, webhook, content, repeatId, first.receivedAt, earlyRejection);
  const postbackId = makeOrderedId();
  const arrival = { postbackId, receivedAt: instantOfId(postbackId), sourceIp, request: first.request };
  const { wait, ...itself } = toPostback(
    webhook,
    arrival,
    callLogId === null ? read : nameCall(read, callLogId),
  );
  return {
    ...itself,
    ...(wait !== undefined && callLogId === null && { wait }),
    isKept: false,
    transactionId: transactionIdOf(postback, read.decoded),
    isDryRun,
    replay: { of: first.postbackId, firstReceivedAt: first.receivedAt, by },
  };
}

const targetCodes = new Set<RejectionCode>([
  'call_not_identified',
  'caller_withheld',
  'invalid_phone_number',
  'masked_phone_number',
]);

/** The request with its call as a person names it: what it says itself about its call no longer matters. */
function nameCall(read: ReadRequest, callLogId: string): ReadRequest {
  const { decoded, rejection, ...others } = read;
  const faults = decoded.faults.filter(({ code }) => !targetCodes.has(code));
  const isOfFaults = rejection !== null && decoded.faults.length > 0;
  const rest = faults.length > 0 ? rejectFaults(faults) : null;
  const named = { ...decoded, target: { callLogId }, faults };
  return { ...others, decoded: named, rejection: isOfFaults ? rest : rejection };
}

/**
 * A rejection left the request's own id free; without one, all replays of a request share an id made of the first's,
 * so that two clicks are one replay. An update that was rejected only when its call completed has used up its id.
 */
function transactionIdOf(
  { postbackId, first, firstStatus, transactionId }: RecordedPostback,
  { transactionId: readId }: Pick<Postback, 'transactionId'>,
): string {
  return firstStatus === 'rejected'
    ? (readId ?? transactionId ?? `replay:${first.postbackId}`)
    : `replay:${postbackId}`;
}

/** The request to go through again, or why there is none: a sentence that says what to do. */
function readReplayable({ status, isDryRun, first }: RecordedPostback): ReplayableRequest | string {
  if (status === 'kept')
    return 'It is kept: correct the webhook’s mapping, and replay all that it keeps with replay-kept.';
  if (status !== 'rejected')
    return `It was not rejected but is ${status}: change the call by hand, or have a new postback sent.`;
  if (isDryRun) return 'It was a dry run, which is to change nothing: ask the sender for the request itself.';
  const recorded = readRecord(first.request);
  if (recorded === null)
    return 'The log could not keep its request as it was sent: ask the sender to send it again.';
  if (recorded.method !== 'GET' && recorded.method !== 'POST')
    return `It was sent by ${recorded.method}, which changes nothing: ask the sender to use GET or POST.`;
  return recorded;
}
