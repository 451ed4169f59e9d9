/** `POST /files/inspect`: how the beginning of a file would be read, and what its columns probably are. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Delimiter, delimiterNames, delimiterWords } from '../../../files/csv-file.ts';
import { inspectFile } from '../../../files/inspect-file.ts';
import { readFileFormat, readFileNotation } from '../../files/file-request.ts';
import { fileBody } from '../../files/file-schemas.ts';
import { openBody, rejectFile } from '../../files/request-body.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { problem } from '../problem-schemas.ts';
import { apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { type InspectionJson, inspectionJson, inspectionQuery } from './inspection-schemas.ts';

/** Enough for some hundred rows. What comes behind it is not read. */
const headBytesMax = 512 * 1024;

/** @param scope takes bodies as they arrive. @param stopping tells that the server stops */
export function registerInspectionRoute(scope: FastifyInstance, stopping: AbortSignal): void {
  scope.post<List>(
    '/files/inspect',
    {
      schema: {
        ...apiDocs,
        tags: ['files'],
        summary: 'Look at the beginning of a file before it is imported or reconciled',
        description:
          'Send the first 500 kB. Proposes the header line, the delimiter, how amounts and dates are written, and the field of each column. Nothing is stored.',
        querystring: inspectionQuery,
        body: fileBody,
        response: { 200: inspectionJson, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    (request, reply) => inspect(request, reply, stopping),
  );
}

async function inspect(
  request: FastifyRequest<List>,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const body = openBody(request, reply, stopping);
  const format = readFileFormat(request);
  if (typeof format !== 'string') return rejectFile(reply, format);
  const reader = new ListReader<string>(request.query, namesOf(inspectionQuery));
  const { csv } = readFileNotation(reader);
  if (reader.rejection !== null) return rejectFile(reply, reader.rejection);
  const found = await inspectFile(await readHead(body), format, csv);
  if ('rejection' in found) return rejectFile(reply, found.rejection, found.line);
  const { delimiter, headerLine, amounts, dates, ambiguousDate, zone, columns, lines, rows } = found;
  return reply.header('cache-control', 'no-store').send({
    ...{ format, delimiter: wordOf(delimiter), header_line: headerLine },
    ...{ amounts, dates, ambiguous_date: ambiguousDate, zone, columns, lines, rows },
  } satisfies InspectionJson);
}

async function readHead(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= headBytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, headBytesMax);
}

function wordOf(delimiter: Delimiter | null): InspectionJson['delimiter'] {
  return delimiterWords.find((word) => delimiterNames[word] === delimiter) ?? null;
}
