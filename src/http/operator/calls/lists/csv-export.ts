import { stringify } from 'csv-stringify/sync';
import type { Call } from '../../../../core/calls/call.ts';
import { csvFormat } from '../../../../core/values/csv/csv-format.ts';
import { callToJson } from '../call-answers.ts';
import type { CallColumn } from './call-columns.ts';

export type CallPages = AsyncIterable<Call[]>;

/**
 * Calls as CSV, one piece per page. It throws if a page cannot be read, so that an incomplete file does not end normally.
 * @param hasBom the file begins with the byte order mark by which spreadsheets recognize UTF-8
 */
export async function* writeCallsCsv(
  pages: CallPages,
  columns: readonly CallColumn[],
  hasBom: boolean,
): AsyncGenerator<string> {
  yield `${hasBom ? '\uFEFF' : ''}${writeRows([columns.map(({ name }) => name)])}`;
  for await (const calls of pages) {
    const rows = calls.map(callToJson).map((call) => columns.map(({ cellOf }) => cellOf(call)));
    if (rows.length > 0) yield writeRows(rows);
  }
}

function writeRows(rows: unknown[][]): string {
  return stringify(rows, csvFormat);
}
