/** A file, read once before it is sent: whether it can be read to its end, how many rows it has, what names it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CellFormats } from '../../core/files/cell-formats.ts';
import { anyColumns, type ColumnRules, readMapping } from '../../core/files/columns.ts';
import type { Rejection } from '../../core/updates/rejection.ts';
import { reasonOf } from '../../core/values/text/reason.ts';
import { type Delimiter, delimiterNames } from '../../files/csv-file.ts';
import { type FileFormat, openRowsFile } from '../../files/rows-file.ts';
import type { Upload } from '../api-client.ts';
import { UsageError } from '../send/send-request.ts';
import { count } from './progress.ts';

export type FileOptions = {
  map: string[];
  /** JSON, or the name of a webhook that has one */
  mapping?: string;
  delimiter?: keyof typeof delimiterNames;
  format?: FileFormat;
  headerLine?: number;
  amounts?: NonNullable<CellFormats['amounts']>;
  dates?: NonNullable<CellFormats['dates']>;
  zone?: string;
};

export type CheckedFile = {
  path: string;
  format: FileFormat;
  rows: number;
  /** of its bytes, as hexadecimal digits */
  sha256: string;
  /** of a CSV file */
  delimiter: Delimiter | null;
  ignoredColumns: string[];
};

/** @throws UsageError that names the line */
export async function checkFile(
  path: string,
  options: FileOptions,
  ownRules: ColumnRules,
  rowsMax: number,
): Promise<CheckedFile> {
  const { map, delimiter, format, headerLine = null, amounts = null, dates = null, zone = null } = options;
  const rules = options.mapping === undefined ? ownRules : anyColumns;
  const mapping = readMapping(map, rules);
  if ('code' in mapping) throw new UsageError(mapping.detail);
  const name = basename(path);
  const fail = ({ detail }: Rejection, line: number) =>
    new UsageError(`${name}, line ${line}: ${withOptions(detail)}`);
  const hash = createHash('sha256');
  const used = format ?? (/\.(?:ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'csv');
  const file = await openRowsFile(hashed(path, hash), {
    format: used,
    csv: { delimiter: delimiter === undefined ? null : delimiterNames[delimiter], headerLine },
    // Whether times can be read does not depend on the account's zone, which only the server knows.
    formats: { amounts, dates, zone, accountZone: 'UTC' },
    keepsEmpty: false,
    mapping,
    rules,
  });
  if ('rejection' in file) throw fail(file.rejection, file.line);
  let rows = 0;
  for await (const row of file.rows) {
    if ('fault' in row) throw fail(row.fault.rejection, row.fault.line);
    rows += 1;
  }
  if (rows > rowsMax) {
    throw new UsageError(
      `${name} has ${count(rows)} rows, and at most ${count(rowsMax)} go at once: split it.`,
    );
  }
  const { delimiter: found, ignoredColumns } = file;
  return { path, format: used, rows, sha256: hash.digest('hex'), delimiter: found, ignoredColumns };
}

/** How the server is to read the file. */
export function fileQuery({
  map,
  mapping,
  delimiter,
  headerLine,
  amounts,
  dates,
  zone,
}: FileOptions): URLSearchParams {
  const query = new URLSearchParams();
  for (const text of map) query.append('map', text);
  const notation = { mapping, delimiter, header_line: headerLine, amounts, dates, zone };
  for (const [name, value] of Object.entries(notation))
    if (value !== undefined) query.set(name, String(value));
  return query;
}

export async function openUpload({ path, format }: CheckedFile): Promise<Upload> {
  const contentType = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  const { size: length } = await stat(path);
  return { contentType, bytes: createReadStream(path), length };
}

/** Parameters of the API as options of the command line. */
function withOptions(detail: string): string {
  return detail.replaceAll(/\b(amounts|dates|zone|delimiter)=(\w)/g, '--$1 $2');
}

function explainUnreadable(path: string, error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return isMissing
    ? `There is no file ${path}: check its name and folder.`
    : `Cannot read ${path}: ${reasonOf(error)}.`;
}

async function* hashed(path: string, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw new UsageError(explainUnreadable(path, error));
  }
}
