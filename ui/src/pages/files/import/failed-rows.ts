/** The file of rejected rows: correct it and import it again. */
import type { ImportedRow } from '../../../api/files.ts';
import type { FileCut } from './split-file.ts';

const names = ['ringback_line', 'ringback_code', 'ringback_detail'];

/** @param header as it is in the file; null for NDJSON, which has none */
export function failedHeader(header: string | null, { delimiter }: FileCut): string {
  if (delimiter === null || header === null) return '';
  return `${[...names, withoutNewline(header.replace('\uFEFF', ''))].join(delimiter)}\r\n`;
}

/** @param text the row as it is in the file */
export function failedRow(
  { line, code = '', detail = '' }: ImportedRow,
  text: string,
  { delimiter }: FileCut,
): string {
  const row = withoutNewline(text);
  if (delimiter === null) return `${row}\n`;
  return `${[line, code, quoted(detail), row].join(delimiter)}\r\n`;
}

function withoutNewline(text: string): string {
  return text.replace(/[\r\n]+$/, '');
}

/** What spreadsheets take for the beginning of a formula, as in src/core/values/csv/formula.ts. */
const formula =
  /^(?:[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*[=+@\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B-]|[\t\r\n])/u;

/** Details repeat what was in cells: no spreadsheet must run it. */
export function quoted(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
