import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { reject, rejectFaults } from '../../../../core/updates/rejection.ts';
import { zonedInstantWriter } from '../../../../core/values/time/zoned-instant.ts';
import { AccountSlots } from '../../../guards/account-slots.ts';
import { cutOffSlowReader } from '../../../guards/slow-reader.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from '../../route.ts';
import { callsCsvBody, callsCsvQuery } from '../call-schemas.ts';
import { readCallColumns } from './call-columns.ts';
import { readPages } from './call-pages.ts';
import { asQuery, readCallFilter } from './call-query.ts';
import { writeCallsCsv } from './csv-export.ts';
import { csvFileName } from './csv-file-name.ts';

/** Exports that one process writes for one account at once: each takes a good part of a core, which postbacks want too. */
const exportsMax = 3;
/** A reader slower than this holds its place for nothing: a page of 500 calls takes 10 s then. */
const rateMin = { bytesPerSecond: 16 * 1024, windowMs: 30_000 };
/** A reader that takes nothing for so long is gone. */
const idleMsMax = 120_000;

const csv = { description: 'The file', content: { 'text/csv': { schema: { type: 'string' } } } };

/** `GET /calls.csv`: the list of calls as a file, however long, in constant memory. */
export function registerCallsCsv(app: FastifyInstance, api: Api): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort(new Error('the server is shutting down')));
  const slots = new AccountSlots(exportsMax);

  app.get<List>(
    '/calls.csv',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Export calls as CSV, latest start first',
        description:
          'Takes the filters of the list, and has no limit. A file that cannot be finished is cut off: the connection breaks, and does not end.',
        querystring: callsCsvQuery,
        response: { 200: csv, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    (request, reply) => exportCalls(request, reply, request.query),
  );

  app.post<{ Body: Static<typeof callsCsvBody> }>(
    '/calls.csv',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Export selected calls as CSV, latest start first',
        body: callsCsvBody,
        response: { 200: csv, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    (request, reply) => {
      const { filter, columns = [], bom = false } = request.body;
      return exportCalls(request, reply, { ...asQuery(filter), columns, bom: String(bom) });
    },
  );

  async function exportCalls(
    request: FastifyRequest,
    reply: FastifyReply,
    query: Record<string, unknown>,
  ): Promise<FastifyReply> {
    const account = await accountOf(api, request);
    const reader = new ListReader(query, namesOf(callsCsvQuery));
    const filter = readCallFilter(reader, account);
    const columns = readCallColumns(reader.texts('columns'), zonedInstantWriter(account.timeZone));
    const hasBom = reader.boolean('bom') ?? false;
    if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
    if (typeof columns === 'string') return sendProblem(reply, rejectColumn(columns));
    if (!slots.hold(account.accountId, reply.raw)) {
      const detail = `${exportsMax} exports of this account are being written: try again when one of them is done.`;
      return sendProblem(reply, reject('rate_limited', detail));
    }
    cutOffSlowReader(reply.raw, rateMin);
    const pages = readPages(api.store, account.accountId, filter, stopping.signal);
    const fileName = csvFileName(filter, account.timeZone, new Date().toISOString());
    return sendCsv(request, reply, fileName, writeCallsCsv(pages, columns, hasBom));
  }
}

function sendCsv(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  fileName: string,
  text: AsyncIterable<string>,
): FastifyReply {
  raw.socket.setTimeout(idleMsMax);
  return reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no') // nginx would keep a large file on its disk
    .send(Readable.from(text, { objectMode: false }));
}

function rejectColumn(name: string) {
  const detail = `There is no column "${name}": send names of a call's fields, or tags.KEY.`;
  return rejectFaults([{ field: 'columns', code: 'unknown_field', detail }]);
}
