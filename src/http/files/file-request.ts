/** What a request with a file says beside the file. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { amountWords, type CellFormats, dateWords } from '../../core/files/cell-formats.ts';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { Invalid } from '../../core/values/fault.ts';
import { isTimeZone } from '../../core/values/time/instant.ts';
import { type CsvReading, type Delimiter, delimiterNames, delimiterWords } from '../../files/csv-file.ts';
import type { FileFormat } from '../../files/rows-file.ts';
import type { ListReader } from '../operator/list-reader.ts';

const formatsByType: Readonly<Record<string, FileFormat>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};
/** As they are documented. */
export const fileTypes = ['text/csv', 'application/x-ndjson'];

const headerLineMax = 1_000;

/** Leaves the bodies of a scope's routes to be read by the routes, while they arrive. */
export function leaveBodiesUnread(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

export function readFileFormat({ headers }: FastifyRequest): FileFormat | Rejection {
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const format = formatsByType[mediaType.trim()];
  if (format === undefined) {
    const detail = `Send the file as it is, with Content-Type ${fileTypes.join(' or ')}.`;
    return reject('unsupported_media_type', detail);
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    return reject('unsupported_media_type', 'Send the file as it is, without Content-Encoding.');
  const charset = /charset="?([^";\s]+)/.exec(parameters.join(';'))?.[1] ?? 'utf-8';
  if (['utf-8', 'utf8', 'us-ascii'].includes(charset)) return format;
  return reject('unsupported_media_type', `Send the file in UTF-8, not in ${charset}.`);
}

function readDelimiter(reader: ListReader<string>): Delimiter | null {
  const word = reader.choice('delimiter', delimiterWords);
  return word === undefined ? null : delimiterNames[word];
}

/** How the file is written, where that cannot be told from the file. */
export function readFileNotation(reader: ListReader<string>): {
  csv: CsvReading;
  formats: Omit<CellFormats, 'accountZone'>;
} {
  const howToZone = new Invalid('Send the name of a time zone, such as America/New_York.');
  return {
    csv: {
      delimiter: readDelimiter(reader),
      headerLine: reader.wholeNumber('header_line', 1, headerLineMax) ?? null,
    },
    formats: {
      amounts: reader.choice('amounts', amountWords) ?? null,
      dates: reader.choice('dates', dateWords) ?? null,
      zone: reader.value('zone', (name) => (isTimeZone(name) ? name : howToZone)) ?? null,
    },
  };
}
