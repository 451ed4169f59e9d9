/** Saved views of the list of calls. The account shares them: one that operators make is there for all. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import type { Account, SavedView } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { readCallFilter, readCallSort } from '../calls/lists/call-query.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf, pageQuery } from '../list-schemas.ts';
import { isName, isUuid, writeCursor } from '../page.ts';
import { type Api, accountOf, type ById, docsOf, documentedOnly, type List, namesOf } from '../route.ts';
import { type ViewJson, viewBody, viewChangeBody, viewJson, viewPeriods, viewQuery } from './view-schemas.ts';

export function registerViewRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = docsOf('views');

  app.post<{ Body: Static<typeof viewBody> }>(
    '/views',
    {
      schema: { ...docs('Save a view of the list of calls', { 201: viewJson }), body: viewBody },
      ...requirePermission('change_views'),
    },
    async (request, reply) => {
      const { name, query } = request.body;
      const account = await accountOf(api, request);
      const rejection = rejectQuery(query, account);
      if (rejection !== null) return sendProblem(reply, rejection);
      const view = await store.createView(account.accountId, { name: name.trim(), query }, actorOf(request));
      return view === 'name_taken' ? sendTaken(reply) : reply.code(201).send(viewToJson(view));
    },
  );

  app.get<List>(
    '/views',
    {
      schema: {
        ...docs('List the saved views by name', { 200: listOf(viewJson) }),
        querystring: pageQuery,
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(pageQuery));
      const { limit, cursor: after } = reader.page(isName);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await store.listViews(request.owner.accountId, limit, after);
      return { items: items.map(viewToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.patch<ById & { Body: Static<typeof viewChangeBody> }>(
    '/views/:id',
    {
      schema: {
        ...docs('Rename a view, or save other filters in it', { 200: viewJson }),
        body: viewChangeBody,
      },
      ...requirePermission('change_views'),
    },
    async (request, reply) => {
      const { name, query } = request.body;
      const { id } = request.params;
      const account = await accountOf(api, request);
      const rejection = query === undefined ? null : rejectQuery(query, account);
      if (rejection !== null) return sendProblem(reply, rejection);
      const changes = definedOnly({ name: name?.trim(), query });
      const view = isUuid(id)
        ? await store.changeView(account.accountId, id, changes, actorOf(request))
        : null;
      if (view === null) return sendUnknown(reply);
      return view === 'name_taken' ? sendTaken(reply) : viewToJson(view);
    },
  );

  app.delete<ById>(
    '/views/:id',
    { schema: docs('Delete a view', { 204: Type.Null() }), ...requirePermission('change_views') },
    async (request, reply) => {
      const { id } = request.params;
      const isDone = isUuid(id) && (await store.deleteView(request.owner.accountId, id, actorOf(request)));
      return isDone ? reply.code(204).send() : sendUnknown(reply);
    },
  );
}

/** Why the list of calls would not take the query. */
function rejectQuery(query: Record<string, string>, account: Account): Rejection | null {
  const reader = new ListReader(query, namesOf(viewQuery));
  readCallFilter(reader, account);
  readCallSort(reader);
  const period = reader.choice('period', viewPeriods);
  if (reader.rejection !== null) return reader.rejection;
  if (period === undefined || (query['from'] === undefined && query['to'] === undefined)) return null;
  const detail = 'Send "period", or "from" and "to": both name the days.';
  return rejectFaults([{ field: 'period', code: 'conflicting_field', detail }]);
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  return sendProblem(
    reply,
    reject('not_found', 'There is no view with this id: list the views for their ids.'),
  );
}

function sendTaken(reply: FastifyReply): FastifyReply {
  return sendProblem(
    reply,
    reject('name_taken', 'Choose another name, or change the view that has this name.'),
  );
}

function viewToJson({ viewId, name, query, createdBy, createdAt, updatedAt }: SavedView): ViewJson {
  return { id: viewId, name, query, created_by: createdBy, created_at: createdAt, updated_at: updatedAt };
}
