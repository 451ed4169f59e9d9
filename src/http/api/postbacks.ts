import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { refuse } from '../../core/refusal.ts';
import type { LoggedPostback, PostbackFilter } from '../../store/store.ts';
import { listOf, type PostbackJson, postbackJson, postbacksQuery, problem } from '../api-types.ts';
import { sendProblem } from '../problem.ts';
import { type Api, apiDocs } from './api.ts';
import { definedOnly, FilterReader } from './filter-reader.ts';
import { isUuid, limitDefault, readCursor, writeCursor } from './page.ts';

type Query = Static<typeof postbacksQuery>;

export function registerPostbackLogRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = { ...apiDocs, tags: ['postback log'] };

  app.get<{ Querystring: Query }>(
    '/postbacks',
    {
      schema: {
        ...docs,
        summary: 'List postbacks, newest first',
        querystring: postbacksQuery,
        response: { 200: listOf(postbackJson), '4xx': problem },
      },
    },
    async (request, reply) => {
      const read = readCursor(request.query.cursor, isUuid);
      if ('code' in read) return sendProblem(reply, read);
      const account = await store.findAccount(request.owner.accountId);
      const reader = new FilterReader(request.query);
      const filter = readFilter(reader, account?.timeZone ?? 'UTC');
      if (reader.refusal !== null) return sendProblem(reply, reader.refusal);
      const limit = request.query.limit ?? limitDefault;
      const { items, cursor } = await store.listPostbacks(
        request.owner.accountId,
        filter,
        limit,
        read.cursor,
      );
      return { items: items.map(postbackToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/postbacks/:id',
    { schema: { ...docs, summary: 'Read a postback', response: { 200: postbackJson, '4xx': problem } } },
    async (request, reply) => {
      const { id } = request.params;
      const postback = isUuid(id) ? await store.findPostback(request.owner.accountId, id) : null;
      if (postback !== null) return postbackToJson(postback);
      return sendProblem(reply, refuse('not_found', 'There is no postback with this id in the log.'));
    },
  );
}

function readFilter(reader: FilterReader<keyof Query>, timeZone: string): PostbackFilter {
  return definedOnly({
    webhookId: reader.matching('webhook_id', isUuid, 'Send the id of an incoming webhook.'),
    status: reader.text('status') as Query['status'], // the schema allows no other
    code: reader.text('code'),
    callLogId: reader.text('call_log_id'),
    transactionId: reader.text('transaction_id'),
    from: reader.instant('from', timeZone),
    to: reader.instant('to', timeZone),
  });
}

function postbackToJson({ postback_id: id, is_dry_run, ...postback }: LoggedPostback): PostbackJson {
  return {
    id,
    ...postback,
    dry_run: is_dry_run,
    changes: postback.changes ?? {},
    errors: postback.errors ?? [],
    ignored: postback.ignored ?? [],
  };
}
