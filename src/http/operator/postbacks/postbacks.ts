import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { postbackStatuses } from '../../../core/updates/postback.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { FoundPostback, LoggedPostback, PostbackFilter } from '../../../store/store.ts';
import { answerStatusOf, outcomeToJson } from '../../postbacks/postback-answer.ts';
import { sendProblem } from '../../server/problem.ts';
import { needs } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf } from '../list-schemas.ts';
import { isUuid, writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById, documentedOnly, type List, namesOf } from '../route.ts';
import {
  type PostbackDetailJson,
  type PostbackJson,
  postbackDetailJson,
  postbackRef,
  postbacksQuery,
} from './postback-schemas.ts';

export function registerPostbackLogRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = { ...apiDocs, tags: ['postback log'] };

  app.get<List>(
    '/postbacks',
    {
      schema: {
        ...docs,
        summary: 'List postbacks, newest first',
        querystring: postbacksQuery,
        response: { 200: listOf(postbackRef), '4xx': problem },
      },
      ...documentedOnly,
      ...needs('read'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(postbacksQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      const filter = readFilter(reader, timeZone);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await store.listPostbacks(accountId, filter, limit, before);
      return { items: items.map(postbackToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<ById>(
    '/postbacks/:id',
    {
      schema: { ...docs, summary: 'Read a postback', response: { 200: postbackDetailJson, '4xx': problem } },
      ...needs('read'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const postback = isUuid(id) ? await store.findPostback(request.owner.accountId, id) : null;
      if (postback !== null) return detailToJson(postback);
      return sendProblem(reply, reject('not_found', 'There is no postback with this id in the log.'));
    },
  );
}

function readFilter(
  reader: ListReader<keyof Static<typeof postbacksQuery>>,
  timeZone: string,
): PostbackFilter {
  return definedOnly({
    webhookId: reader.uuid('webhook_id', 'Send the id of an incoming webhook.'),
    status: reader.choice('status', postbackStatuses),
    code: reader.text('code'),
    callLogId: reader.text('call_log_id'),
    transactionId: reader.text('transaction_id'),
    replayOf: reader.uuid('replay_of', 'Send the id of a postback.'),
    from: reader.instant('from', timeZone),
    to: reader.instant('to', timeZone),
  });
}

function postbackToJson(logged: LoggedPostback): PostbackJson {
  const { postback_id: id, is_dry_run, expires_at, ...postback } = logged;
  return {
    id,
    ...postback,
    ...(expires_at !== null && { expires_at }),
    dry_run: is_dry_run,
    changes: postback.changes ?? {},
    errors: postback.errors ?? [],
    ignored: postback.ignored ?? [],
    kept: postback.kept ?? [],
    changed_since: postback.changed_since ?? [],
  };
}

function detailToJson({ answered, ...postback }: FoundPostback): PostbackDetailJson {
  const body = outcomeToJson(answered, postback.is_dry_run);
  return { ...postbackToJson(postback), answer: { status: answerStatusOf(answered), body } };
}
