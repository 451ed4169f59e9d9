import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { type Call, payoutStatusOf } from '../../core/call.ts';
import { decodeCallEvent } from '../../core/call-event.ts';
import { readCallLogId } from '../../core/decode.ts';
import { Invalid } from '../../core/fault.ts';
import { tooManyTags } from '../../core/fold.ts';
import { isJsonObject } from '../../core/json.ts';
import { readPhone } from '../../core/phone.ts';
import { type Refusal, refuse, refuseFaults } from '../../core/refusal.ts';
import type { Account, CallCursor, CallFilter, TimelineItem } from '../../store/store.ts';
import {
  type CallJson,
  callChangeBody,
  callEventBody,
  callJson,
  callsQuery,
  completeBody,
  listOf,
  pageQuery,
  problem,
  type TimelineItemJson,
  timelineItemJson,
} from '../api-types.ts';
import { outcomeToJson } from '../postback-answer.ts';
import { sendProblem } from '../problem.ts';
import { type Api, apiDocs } from './api.ts';
import { readCallChange } from './call-change.ts';
import { definedOnly, FilterReader } from './filter-reader.ts';
import { isUuid, limitDefault, readCursor, writeCursor } from './page.ts';

type Query = Static<typeof callsQuery>;
type ById = { Params: { id: string } };

const documentedOnly = { validatorCompiler: () => (value: unknown) => ({ value }) };

export function registerCallRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = (summary: string, response: object) => ({
    ...apiDocs,
    tags: ['calls'],
    summary,
    response: { ...response, '4xx': problem },
  });

  app.post(
    '/calls',
    {
      schema: { ...docs('Create or update a call', { 200: callJson, 201: callJson }), body: callEventBody },
      ...documentedOnly,
    },
    async (request, reply) => {
      const id = isJsonObject(request.body) ? request.body['call_log_id'] : undefined;
      const refusal =
        id === undefined ? refuse('call_not_identified', 'Send the call_log_id of the call.') : null;
      return refusal === null ? recordEvent(api, request, reply, id, true) : sendProblem(reply, refusal);
    },
  );

  app.post<ById>(
    '/calls/:id/complete',
    { schema: { ...docs('Complete a live call', { 200: callJson }), body: completeBody }, ...documentedOnly },
    async (request, reply) => recordEvent(api, request, reply, request.params.id, false),
  );

  app.patch<ById>(
    '/calls/:id',
    {
      schema: { ...docs('Change a call by hand', { 200: callJson, 202: callJson }), body: callChangeBody },
      ...documentedOnly,
    },
    async (request, reply) => {
      const account = await accountOf(api, request);
      const change = readCallChange(request, request.params.id, account);
      const result = await api.writer.submit(change);
      if (result === 'stale') throw new Error('a change by hand depends on no webhook');
      if (result.refusal !== null)
        return sendProblem(reply, result.refusal, { postback_id: result.postbackId });
      if (change.isDryRun) return outcomeToJson(result, true);
      const call = await store.readCall(account.accountId, request.params.id);
      if (call === null) return sendUnknown(reply);
      const ignored = result.ignored.length > 0 ? { ignored: result.ignored } : undefined;
      return reply.code(result.status === 'queued' ? 202 : 200).send({ ...callToJson(call), ...ignored });
    },
  );

  app.get<ById>('/calls/:id', { schema: docs('Read a call', { 200: callJson }) }, async (request, reply) => {
    const call = await store.readCall(request.owner.accountId, request.params.id);
    return call === null ? sendUnknown(reply) : callToJson(call);
  });

  app.get<ById & { Querystring: { limit?: number; cursor?: string } }>(
    '/calls/:id/timeline',
    {
      schema: {
        ...docs('All that happened to a call, oldest first', { 200: listOf(timelineItemJson) }),
        querystring: Type.Object(pageQuery),
      },
    },
    async (request, reply) => {
      const { accountId } = request.owner;
      const read = readCursor(request.query.cursor, isUuid);
      if ('code' in read) return sendProblem(reply, read);
      if ((await store.readCall(accountId, request.params.id)) === null) return sendUnknown(reply);
      const limit = request.query.limit ?? limitDefault;
      const { items, cursor } = await store.listTimeline(accountId, request.params.id, limit, read.cursor);
      return { items: items.map(timelineItemToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<{ Querystring: Query }>(
    '/calls',
    {
      schema: {
        ...docs('List calls, latest start first', { 200: listOf(callJson) }),
        querystring: callsQuery,
      },
    },
    async (request, reply) => {
      const read = readCursor(request.query.cursor, isCallCursor);
      if ('code' in read) return sendProblem(reply, read);
      const account = await accountOf(api, request);
      const reader = new FilterReader(request.query);
      const filter = readFilter(reader, account);
      if (reader.refusal !== null) return sendProblem(reply, reader.refusal);
      const limit = request.query.limit ?? limitDefault;
      const { items, cursor } = await store.listCalls(account.accountId, filter, limit, read.cursor);
      return { items: items.map(callToJson), next_cursor: writeCursor(cursor) };
    },
  );
}

async function recordEvent(
  api: Api,
  request: FastifyRequest,
  reply: FastifyReply,
  rawId: unknown,
  mayCreate: boolean,
): Promise<FastifyReply> {
  const account = await accountOf(api, request);
  const receivedAt = new Date().toISOString();
  const decoded = readEvent(request.body ?? {}, rawId, { ...account, receivedAt });
  if ('code' in decoded) return sendProblem(reply, decoded);
  if (!mayCreate) decoded.event.state = 'completed';
  const { accountId, name: by } = request.owner;
  const recorded = await api.store.recordCallEvent({ accountId, ...decoded, by, receivedAt, mayCreate });
  if (recorded === 'unknown_call') return sendUnknown(reply);
  if (recorded === 'too_many_tags') return sendProblem(reply, tooManyTags());
  return reply.code(recorded.isNew ? 201 : 200).send(callToJson(recorded.call));
}

function readEvent(body: unknown, rawId: unknown, context: Account & { receivedAt: string }) {
  if (!isJsonObject(body)) return refuse('malformed_body', 'Send one JSON object.');
  const callLogId = readCallLogId(rawId);
  const { event, faults } = decodeCallEvent(body, context);
  if (!(callLogId instanceof Invalid)) return faults.length > 0 ? refuseFaults(faults) : { callLogId, event };
  return refuseFaults([{ field: 'call_log_id', code: callLogId.code, detail: callLogId.detail }, ...faults]);
}

async function accountOf({ store }: Api, request: FastifyRequest): Promise<Account> {
  const account = await store.findAccount(request.owner.accountId);
  if (account === null) throw new Error('a token is of no account');
  return account;
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  const refusal: Refusal = refuse(
    'call_not_found',
    'No call has this call_log_id: check the id, or send the call first.',
  );
  return sendProblem(reply, refusal);
}

function readFilter(reader: FilterReader<keyof Query>, { timeZone, defaultCountry }: Account): CallFilter {
  const tag = reader.text('tag');
  const q = reader.text('q')?.trim();
  const phone = q === undefined ? undefined : readPhone(q, defaultCountry);
  return definedOnly({
    state: reader.text('state') as Query['state'], // the schema allows no other
    phoneNumber: reader.phone('phone_number', defaultCountry),
    converted: reader.boolean('converted'),
    held: reader.boolean('held'),
    campaign: reader.text('campaign'),
    publisher: reader.text('publisher'),
    buyer: reader.text('buyer'),
    tag: tag === undefined ? undefined : splitTagFilter(tag),
    from: reader.instant('from', timeZone),
    to: reader.instant('to', timeZone),
    search:
      q === undefined || q === ''
        ? undefined
        : { text: q, phoneNumber: typeof phone === 'string' ? phone : null },
  });
}

/** `key`, or `key:value` */
function splitTagFilter(text: string): { key: string; value: string | null } {
  const at = text.indexOf(':');
  return at === -1 ? { key: text, value: null } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function isCallCursor(value: unknown): value is CallCursor {
  if (!isJsonObject(value)) return false;
  const { startedAt, callLogId } = value;
  return (
    typeof callLogId === 'string' && typeof startedAt === 'string' && !Number.isNaN(Date.parse(startedAt))
  );
}

function callToJson({ callLogId, state, facts, values, ...call }: Call): CallJson {
  const { tags, ...fields } = values;
  // The field tables name exactly the members of the schema.
  return {
    call_log_id: callLogId,
    state,
    ...facts,
    ...fields,
    payout_status: payoutStatusOf(values),
    tags,
    queued_updates: call.queuedUpdates,
    created_at: call.createdAt,
    updated_at: call.updatedAt,
  } as CallJson;
}

function timelineItemToJson({
  at,
  kind,
  by,
  changes,
  postbackId,
  status,
  code,
  appliedAt,
}: TimelineItem): TimelineItemJson {
  return {
    at,
    kind,
    by,
    changes: changes as TimelineItemJson['changes'], // the same shape, with the values' types left open
    ...(postbackId !== null && { postback_id: postbackId, applied_at: appliedAt }),
    ...(status !== null && { status }),
    ...(code !== null && { code }),
  };
}
