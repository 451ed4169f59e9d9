import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Call } from '../../../../core/calls/call.ts';
import { readCallLogId } from '../../../../core/values/call-log-id.ts';
import { Invalid } from '../../../../core/values/fault.ts';
import { isJsonObject } from '../../../../core/values/json/json.ts';
import { readInstant } from '../../../../core/values/time/instant.ts';
import type { CallCursor, CallSort, SortedCursor } from '../../../../store/store.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { listOf } from '../../list-schemas.ts';
import { isUuid, writeCursor } from '../../page.ts';
import { type Api, accountOf, type ById, docsOf, documentedOnly, type List, namesOf } from '../../route.ts';
import { callToJson, sendUnknownCall, timelineItemToJson } from '../call-answers.ts';
import {
  callRef,
  callsAnswer,
  callsQuery,
  timelineItemJson,
  timelineOrders,
  timelineQuery,
} from '../call-schemas.ts';
import { readCallFilter, readCallSort } from './call-query.ts';

/** Calls as they are read: one, its timeline, and lists. */
export function registerCallLists(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = docsOf('calls');

  app.get<ById>(
    '/calls/:id',
    { schema: docs('Read a call', { 200: callRef }), ...requirePermission('read') },
    async (request, reply) => {
      const call = await findCall(api, request);
      return call === null ? sendUnknownCall(reply) : callToJson(call);
    },
  );

  app.get<ById & List>(
    '/calls/:id/timeline',
    {
      schema: {
        ...docs('All that happened to a call, oldest first unless `order` says otherwise', {
          200: listOf(timelineItemJson),
        }),
        querystring: timelineQuery,
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(timelineQuery));
      const { limit, cursor: after } = reader.page(isUuid);
      const isNewestFirst = reader.choice('order', timelineOrders) === 'newest';
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const call = await findCall(api, request);
      if (call === null) return sendUnknownCall(reply);
      const { items, cursor } = await store.listTimeline(
        request.owner.accountId,
        call.callLogId,
        limit,
        after,
        isNewestFirst,
      );
      return { items: items.map(timelineItemToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<List>(
    '/calls',
    {
      schema: {
        ...docs('List calls, latest start first unless `sort` says otherwise', { 200: callsAnswer }),
        querystring: callsQuery,
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const account = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(callsQuery));
      const { column, isDescending } = readCallSort(reader);
      const filter = readCallFilter(reader, account);
      if (column !== 'started_at') {
        const sort = { column, isDescending };
        const { limit, cursor: after } = reader.page((value) => isSortedCursor(value, sort));
        if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
        const page = await store.listSortedCalls(account.accountId, filter, sort, limit, after);
        return {
          items: page.items.map(callToJson),
          next_cursor: writeCursor(page.cursor && { ...page.cursor, ...sort }),
        };
      }
      const { limit, cursor: after } = reader.page(isCallCursor);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { accountId } = account;
      const page = await store.listCalls(accountId, filter, limit, after, !isDescending);
      return {
        items: page.items.map(callToJson),
        next_cursor: writeCursor(page.cursor),
        ...(page.isCutShort && { searched_back_to: page.cursor?.startedAt }),
      };
    },
  );
}

/** Null for an id that no call can have, too. */
async function findCall({ store }: Api, { owner, params }: FastifyRequest<ById>): Promise<Call | null> {
  const callLogId = readCallLogId(params.id);
  return callLogId instanceof Invalid ? null : store.readCall(owner.accountId, callLogId);
}

/** A cursor tells its sort: in another one its value would mean something else. */
function isSortedCursor(value: unknown, { column, isDescending }: CallSort): value is SortedCursor {
  if (!isJsonObject(value)) return false;
  const { value: key, callLogId } = value;
  return (
    value['column'] === column &&
    value['isDescending'] === isDescending &&
    readCallLogId(callLogId) === callLogId &&
    typeof key === 'string' &&
    /^-?\d{1,13}(?:\.\d{1,4})?$/.test(key)
  );
}

function isCallCursor(value: unknown): value is CallCursor {
  if (!isJsonObject(value)) return false;
  const { startedAt, callLogId } = value;
  return readCallLogId(callLogId) === callLogId && readInstant(startedAt, 'UTC') === startedAt;
}
