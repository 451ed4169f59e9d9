import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { decodeCallEvent } from '../../../core/calls/call-event.ts';
import { tooManyTags } from '../../../core/updates/fold/apply.ts';
import { idTaken } from '../../../core/updates/fold/fold.ts';
import { reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { readCallLogId } from '../../../core/values/call-log-id.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { isJsonObject, textOf } from '../../../core/values/json/json.ts';
import type { Account } from '../../../store/store.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { submitWithoutWebhook } from '../../postbacks/submit.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { dryRunQuery } from '../postbacks/postback-schemas.ts';
import { type Api, accountOf, type ById, docsOf, documentedOnly } from '../route.ts';
import { callToJson, sendUnknownCall } from './call-answers.ts';
import {
  callChangeBody,
  callEventBody,
  callRef,
  changedCallJson,
  completeBody,
  dryRunJson,
} from './call-schemas.ts';
import { readCallChange } from './changes/call-change.ts';

/** Calls as they are made, changed and completed. */
export function registerCallRoutes(app: FastifyInstance, api: Api): void {
  const docs = docsOf('calls');

  const changed = Type.Union([changedCallJson, dryRunJson]);

  app.post(
    '/calls',
    {
      schema: { ...docs('Create or update a call', { 200: callRef, 201: callRef }), body: callEventBody },
      ...documentedOnly,
      ...requirePermission('change_calls'),
    },
    async (request, reply) => recordEvent(api, request, reply, null),
  );

  app.post<ById>(
    '/calls/:id/complete',
    {
      schema: { ...docs('Complete a live call', { 200: callRef }), body: completeBody },
      ...documentedOnly,
      ...requirePermission('change_calls'),
    },
    async (request, reply) => recordEvent(api, request, reply, request.params.id),
  );

  app.patch<ById>(
    '/calls/:id',
    {
      schema: {
        ...docs('Change a call by hand', { 200: changed, 202: changed }),
        querystring: dryRunQuery,
        body: callChangeBody,
      },
      ...documentedOnly,
      ...requirePermission('change_calls'),
    },
    async (request, reply) => {
      const account = await accountOf(api, request);
      const change = readCallChange(request, request.params.id, account);
      const result = await submitWithoutWebhook(api, metadataOf(request), 'update_fields', change);
      if (result.rejection !== null) return sendProblem(reply, result.rejection);
      const { status, callLogId, changes, ignored } = result;
      if (change.isDryRun) {
        return reply
          .code(status === 'queued' ? 202 : 200)
          .send({ dry_run: true, status, call_log_id: callLogId, changes, ignored });
      }
      const call = await api.store.readCall(account.accountId, request.params.id);
      if (call === null) return sendUnknownCall(reply);
      const answer = { ...callToJson(call), ...(ignored.length > 0 && { ignored }) };
      return reply.code(status === 'queued' ? 202 : 200).send(answer);
    },
  );
}

/** @param completedId the call that the path names and completes; null: the body names the call */
async function recordEvent(
  api: Api,
  request: FastifyRequest,
  reply: FastifyReply,
  completedId: string | null,
): Promise<FastifyReply> {
  const account = await accountOf(api, request);
  const receivedAt = new Date().toISOString();
  const read = readEvent(request.body ?? {}, completedId, { ...account, receivedAt });
  if ('code' in read) return sendProblem(reply, read);
  const { accountId, name: by } = request.owner;
  const mayCreate = completedId === null;
  const recorded = await api.store.recordCallEvent({ accountId, ...read, by, receivedAt, mayCreate });
  if (recorded === 'unknown_call') return sendUnknownCall(reply);
  if (recorded === 'too_many_tags') return sendProblem(reply, tooManyTags('tags'));
  if ('takenId' in recorded) return sendProblem(reply, idTaken(recorded));
  return reply.code(recorded.isNew ? 201 : 200).send(callToJson(recorded.call));
}

function readEvent(body: unknown, completedId: string | null, context: Account & { receivedAt: string }) {
  if (!isJsonObject(body)) return reject('malformed_body', 'Send one JSON object.');
  const rawId = body['call_log_id'];
  const faults: Fault[] = [];
  if (completedId === null && (rawId ?? '') === '') {
    const detail = 'Send the call_log_id of the call.';
    faults.push({ field: 'call_log_id', code: 'call_not_identified', detail });
  }
  if (completedId !== null && rawId !== undefined && textOf(rawId) !== completedId) {
    const detail = 'The path names the call: leave "call_log_id" out of the body.';
    faults.push({ field: 'call_log_id', code: 'conflicting_field', detail });
  }
  if (completedId !== null && body['state'] === 'live') {
    const detail = 'This completes the call: leave "state" out.';
    faults.push({ field: 'state', code: 'conflicting_field', detail });
  }
  const callLogId = readCallLogId(completedId ?? rawId);
  if (callLogId instanceof Invalid && faults.length === 0) {
    faults.push({ field: 'call_log_id', code: callLogId.code, detail: callLogId.detail });
  }
  const { event, faults: eventFaults } = decodeCallEvent(body, context);
  faults.push(...eventFaults);
  if (faults.length > 0 || callLogId instanceof Invalid) return rejectFaults(faults);
  return { callLogId, event: completedId === null ? event : { ...event, state: 'completed' as const } };
}
