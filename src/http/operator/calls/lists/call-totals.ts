import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from '../../route.ts';
import { callFilters } from '../call-schemas.ts';
import { readCallFilter } from './call-query.ts';
import { type CallTotalsJson, callTotalsJson } from './call-totals-schemas.ts';
import { KnownTotals } from './known-totals.ts';

/** `GET /call-totals`: the sums of exactly the calls that `GET /calls` lists with the same filters. */
export function registerCallTotals(app: FastifyInstance, api: Api): void {
  const known = new KnownTotals(api.store);
  app.get<List>(
    '/call-totals',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Sum up the calls that the filters of the list mean',
        querystring: callFilters,
        response: { 200: callTotalsJson, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const account = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(callFilters));
      const filter = readCallFilter(reader, account);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const totals: CallTotalsJson = await known.read(account.accountId, filter);
      return reply.header('cache-control', 'no-store').send(totals);
    },
  );
}
