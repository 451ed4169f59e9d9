import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { isName, writeCursor } from '../../page.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, apiDocs, documentedOnly, type List, namesOf } from '../../route.ts';
import { namesAnswer, namesQuery } from './call-name-schemas.ts';

/** A separate list for each: `/calls/…` is full, since a call may have any id. */
const lists = { campaigns: 'campaign', publishers: 'publisher', buyers: 'buyer' } as const;

/** The names on calls, for filters. */
export function registerNameLists(app: FastifyInstance, { store }: Pick<Api, 'store'>): void {
  for (const [path, column] of Object.entries(lists)) {
    app.get<List>(
      `/${path}`,
      {
        schema: {
          ...apiDocs,
          tags: ['calls'],
          summary: `List the ${path} of calls, each once, in alphabetical order`,
          querystring: namesQuery,
          response: { 200: namesAnswer, '4xx': problem },
        },
        ...documentedOnly,
        ...requirePermission('read'),
      },
      async (request, reply) => {
        const reader = new ListReader(request.query, namesOf(namesQuery));
        const { limit, cursor: after } = reader.page(isName);
        const within = reader.text('q') ?? null;
        if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
        const { accountId } = request.owner;
        const { items, cursor } = await store.listNames(accountId, column, within, limit, after);
        return { items, next_cursor: writeCursor(cursor) };
      },
    );
  }
}
