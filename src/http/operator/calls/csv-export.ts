import { stringify } from 'csv-stringify/sync';
import type { Call } from '../../../core/calls/call.ts';
import { withoutFormula } from '../../../core/values/formula.ts';
import { callToJson } from './call-answers.ts';
import type { CallColumn } from './call-columns.ts';

export type CallPages = AsyncIterable<Call[]>;

/**
 * Calls as CSV (RFC 4180), a piece a page. It throws where a page cannot be read: then the file must not end as if it
 * were whole.
 * @param hasBom begins with the mark by which spreadsheets know UTF-8
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
  return stringify(rows, {
    record_delimiter: 'windows',
    cast: { string: withoutFormula, boolean: String, object: (value) => JSON.stringify(value) },
  });
}
