/** The documentation that routes with files share. */
import Type, { type TSchema } from 'typebox';
import { amountWords, dateWords } from '../../core/files/cell-formats.ts';
import { delimiterWords } from '../../files/csv-file.ts';
import { oneOf } from '../operator/value-schemas.ts';
import { fileTypes } from './file-request.ts';

/** Of every route that takes a file. */
export const fileQuery = {
  map: Type.Union([Type.String(), Type.Array(Type.String())], {
    description: 'COLUMN=FIELD, as often as there are columns to map; COLUMN= leaves a column out',
    examples: ['Payout=publisher_paid_out'],
  }),
  mapping: Type.String({
    description:
      'how rows are read: a mapping as JSON text (docs/mapping.md), or the name of an incoming webhook that has one',
    examples: ['Acme tracker', '{"fields":{"call_log_id":"Call ID"}}'],
  }),
  delimiter: oneOf(delimiterWords, {
    description: 'found by the header, or by a first line "sep=", if left out',
  }),
  header_line: Type.Integer({
    minimum: 1,
    description: 'the line with the names of the columns; what comes before it is left out',
    examples: [3],
  }),
  amounts: oneOf(amountWords, {
    description:
      'the decimal mark of amounts. Then thousands separators, currency signs and negative amounts in parentheses are read, too',
  }),
  dates: oneOf(dateWords, {
    description: 'the order of day and month: us (01/13/2026 08:18 PM), eu (13.01.2026 20:18) or iso',
  }),
  zone: Type.String({
    description:
      'of times without an offset; the account’s time zone, or the one that the file states, if left out',
    examples: ['America/New_York'],
  }),
};

/** A file as the body of a request. */
export const fileBody = {
  content: Object.fromEntries(
    fileTypes.map((type) => [type, { schema: Type.String({ description: 'in UTF-8' }) }]),
  ),
};

/** Lines as the answer to a file. */
export function linesOf(description: string, lines: TSchema[]) {
  return { description, content: { 'application/x-ndjson': { schema: Type.Union(lines) } } };
}
