import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Outcome } from '../../../core/updates/postback.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { Attachment } from '../../../store/store.ts';
import { answerPostback } from '../../postbacks/postback-answer.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { sendUnknownCall } from '../calls/call-answers.ts';
import { ListReader } from '../list-reader.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, type ById, documentedQuery, type List, namesOf } from '../route.ts';
import { attachBody, dismissBody, dryRunQuery, postbackAnswerJson, postbackRef } from './postback-schemas.ts';
import { postbackToJson } from './postbacks.ts';
import { replayPostback } from './replays.ts';

type Attach = ById & List & { Body: Static<typeof attachBody> };
type Dismiss = ById & { Body: Static<typeof dismissBody> };

/** What a person does with a postback that found no call: names the call, or dismisses the postback. */
export function registerAttachRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = { ...apiDocs, tags: ['postback log'] };

  app.post<Attach>(
    '/postbacks/:id/attach',
    {
      schema: {
        ...docs,
        summary: 'Apply a postback that found no call to a call',
        querystring: dryRunQuery,
        body: attachBody,
        response: { 200: postbackAnswerJson, 202: postbackAnswerJson, '4xx': problem },
      },
      ...documentedQuery,
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(dryRunQuery));
      const { call_log_id: callLogId, dry_run } = request.body;
      const isDryRun = reader.flag('dry_run') || dry_run === true;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { id: postbackId } = request.params;
      const { accountId } = request.owner;
      const attachment = { accountId, postbackId, callLogId: String(callLogId), isDryRun };
      const attached = await attachPostback(api, request, attachment);
      if (attached === 'unknown_postback') return sendUnknown(reply);
      if (attached === 'unknown_call') return sendUnknownCall(reply);
      return 'code' in attached
        ? sendProblem(reply, attached)
        : answerPostback(reply, attached, { form: 'json', isDryRun });
    },
  );

  app.post<Dismiss>(
    '/postbacks/:id/dismiss',
    {
      schema: {
        ...docs,
        summary: 'Dismiss a postback that found no call, or was rejected',
        body: dismissBody,
        response: { 200: postbackRef, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const before = isUuid(id) ? await store.findPostback(accountId, id) : null;
      if (before === null) return sendUnknown(reply);
      const isDismissed = await store.dismissPostback(
        accountId,
        id,
        request.body.reason.trim(),
        actorOf(request),
      );
      const after = await store.findPostback(accountId, id);
      if (isDismissed && after !== null) return postbackToJson(after);
      const detail = `It is ${before.status}: only a postback that waits, has expired or was rejected can be dismissed.`;
      return sendProblem(reply, reject('not_replayable', detail));
    },
  );
}

/** Attaches one postback to a call: one that waits or has expired as it is, a rejected one as a replay. */
export async function attachPostback(
  api: Api,
  request: FastifyRequest,
  attachment: Attachment,
): Promise<Outcome | Rejection | 'unknown_postback' | 'unknown_call'> {
  const { store } = api;
  const { accountId, postbackId, callLogId, isDryRun } = attachment;
  const postback = isUuid(postbackId) ? await store.findRecordedPostback(accountId, postbackId) : null;
  if (postback === null) return 'unknown_postback';
  const attached = await store.attachWaiting(attachment, actorOf(request));
  if (attached !== 'not_waiting') return attached;
  const outcome = await replayPostback(api, request, postback, isDryRun, callLogId);
  if (!('code' in outcome) && !isDryRun && outcome.rejection === null && !outcome.isDuplicate) {
    const status = { from: postback.status, to: outcome.status };
    await store.recordAttachment(attachment, actorOf(request), status);
  }
  return outcome;
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, reject('not_found', 'There is no postback with this id in the log.'));
}
