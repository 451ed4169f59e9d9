/** A file of rows, CSV or NDJSON, by the names of ours: what imports and reconciliations read. */
import { type Rejection, rejectFaults } from '../../core/updates/rejection.ts';
import { type ColumnRules, type Mapping, matchColumns } from './columns.ts';
import { type CsvFile, type Delimiter, openCsv } from './csv-file.ts';
import type { FileFault } from './file-fault.ts';
import { type Bytes, openText } from './file-head.ts';
import { type JsonLine, readJsonLines } from './ndjson-file.ts';

const fileFormats = ['csv', 'ndjson'] as const;
export type FileFormat = (typeof fileFormats)[number];

export type FileReading = {
  format: FileFormat;
  /** null: found by the header */
  delimiter: Delimiter | null;
  /** an empty cell is a value too; else it is as if the row had no such column */
  keepsEmpty: boolean;
  mapping: Mapping;
  rules: ColumnRules;
};

/** The values of a row, as they stand in the file, or why it is rejected. */
export type FileRow =
  | { line: number; values: Record<string, unknown> }
  | { line: number; rejection: Rejection };

export type RowsFile = {
  /** values are text as of a query, not JSON */
  isText: boolean;
  /** null where there is none */
  delimiter: Delimiter | null;
  /** columns of a CSV file that mean nothing */
  ignoredColumns: string[];
  /** After a fault comes nothing more. */
  rows: AsyncGenerator<FileRow | { fault: FileFault }>;
};

export async function openRowsFile(bytes: Bytes, reading: FileReading): Promise<RowsFile | FileFault> {
  return reading.format === 'csv' ? openCsvRows(bytes, reading) : openJsonRows(bytes, reading);
}

async function openCsvRows(bytes: Bytes, reading: FileReading): Promise<RowsFile | FileFault> {
  const file = await openCsv(bytes, reading.delimiter);
  if ('rejection' in file) return file;
  const columns = matchColumns(file.header, reading.mapping, reading.rules);
  if ('code' in columns) {
    await file.records.return(undefined);
    return { rejection: columns, line: 1 };
  }
  const { used, ignored: ignoredColumns } = columns;
  const rows = nameCells(file.records, used, reading.keepsEmpty);
  return { isText: true, delimiter: file.delimiter, ignoredColumns, rows };
}

async function* nameCells(
  records: CsvFile['records'],
  used: { at: number; name: string }[],
  keepsEmpty: boolean,
): RowsFile['rows'] {
  for await (const record of records) {
    if (!('cells' in record)) {
      yield record;
      continue;
    }
    const values = used.map(({ at, name }) => [name, record.cells[at] ?? ''] as const);
    const kept = keepsEmpty ? values : values.filter(([, cell]) => cell.trim() !== '');
    yield { line: record.line, values: Object.fromEntries(kept) };
  }
}

async function openJsonRows(bytes: Bytes, { mapping }: FileReading): Promise<RowsFile | FileFault> {
  const opened = await openText(bytes, () => true);
  if ('rejection' in opened) return opened;
  const rows = renameMembers(opened.bytes, mapping);
  return { isText: false, delimiter: null, ignoredColumns: [], rows };
}

async function* renameMembers(bytes: Bytes, mapping: Mapping): RowsFile['rows'] {
  for await (const read of readJsonLines(bytes)) {
    yield 'payload' in read && mapping.size > 0 ? rename(read.line, read.payload, mapping) : toRow(read);
  }
}

function toRow(read: JsonLine): FileRow {
  return 'payload' in read ? { line: read.line, values: read.payload } : read;
}

function rename(line: number, payload: Record<string, unknown>, mapping: Mapping): FileRow {
  const renamed = new Map<string, unknown>();
  for (const [column, value] of Object.entries(payload)) {
    const name = mapping.get(column) ?? column;
    if (name === '') continue;
    if (renamed.has(name)) {
      const detail = `Two members of this line mean ${name}: leave one out.`;
      return { line, rejection: rejectFaults([{ field: column, code: 'conflicting_field', detail }]) };
    }
    renamed.set(name, value);
  }
  return { line, values: Object.fromEntries(renamed) };
}
