/** A file of rows, CSV or NDJSON, by the names of ours: what imports and reconciliations read. */

import { type CellFormats, hasDecimalComma, readCell } from '../core/files/cell-formats.ts';
import { type ColumnRules, type Columns, type Mapping, matchColumns } from '../core/files/columns.ts';
import { type Rejection, reject, rejectFaults } from '../core/updates/rejection.ts';
import { type Fault, Invalid } from '../core/values/fault.ts';
import { isTimeZone } from '../core/values/time/instant.ts';
import { type CsvFile, type CsvReading, type Delimiter, detailOfCells, openCsv } from './csv-file.ts';
import { type FileFault, fileFault } from './file-fault.ts';
import { type Bytes, openText } from './file-head.ts';
import { type JsonLine, readJsonLines } from './ndjson-file.ts';

const fileFormats = ['csv', 'ndjson'] as const;
export type FileFormat = (typeof fileFormats)[number];

export type FileReading = {
  format: FileFormat;
  csv: CsvReading;
  formats: CellFormats;
  /** an empty cell is a value too; else it is as if the row had no such column */
  keepsEmpty: boolean;
  mapping: Mapping;
  rules: ColumnRules;
};

/** The values of a row, as they are in the file, or why it is rejected. */
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
  const file = await openCsv(bytes, reading.csv);
  if ('rejection' in file) return file;
  const columns = matchColumns(file.header, reading.mapping, reading.rules);
  if ('code' in columns) {
    const proposed = await findOtherHeader(file.records, reading);
    await file.records.return(undefined);
    const hint =
      proposed === null ? '' : ` Line ${proposed} looks like the header: send header_line=${proposed}.`;
    return { rejection: { ...columns, detail: columns.detail + hint }, line: file.line };
  }
  if (file.zone !== null && !isTimeZone(file.zone)) {
    await file.records.return(undefined);
    return fileFault(1, `The time zone "${file.zone}" is not known: send zone=, such as America/New_York.`);
  }
  const { used, ignored: ignoredColumns } = columns;
  const formats = { ...reading.formats, zone: reading.formats.zone ?? file.zone };
  const rows = nameCells(file, used, { ...reading, formats });
  return { isText: true, delimiter: file.delimiter, ignoredColumns, rows };
}

const headerLinesMax = 10;

/** The line after a title or a first line of headings that has the columns which are needed. */
async function findOtherHeader(
  records: CsvFile['records'],
  { mapping, rules }: FileReading,
): Promise<number | null> {
  for (let count = 0; count < headerLinesMax; count += 1) {
    const next = await records.next();
    if (next.done === true || 'fault' in next.value) return null;
    if (!('cells' in next.value)) {
      const { line, rejected } = next.value;
      if (
        !(
          'code' in
          matchColumns(
            rejected.map((name) => name.trim()),
            mapping,
            rules,
          )
        )
      )
        return line;
    } else {
      const { line, cells } = next.value;
      if (
        !(
          'code' in
          matchColumns(
            cells.map((name) => name.trim()),
            mapping,
            rules,
          )
        )
      )
        return line;
    }
  }
  return null;
}

async function* nameCells(
  { records, header, delimiter }: CsvFile,
  used: Columns['used'],
  { keepsEmpty, formats }: Pick<FileReading, 'keepsEmpty' | 'formats'>,
): RowsFile['rows'] {
  const cellsMin = Math.max(...used.map(({ at }) => at + 1));
  for await (const record of records) {
    if ('fault' in record) {
      yield record;
      continue;
    }
    const { line } = record;
    if (!('cells' in record)) {
      yield { line, rejection: record.rejection };
      continue;
    }
    const { cells } = record;
    if (cells.length < cellsMin) {
      yield { line, rejection: reject('malformed_body', detailOfCells(record, header.length)) };
      continue;
    }
    const isComma = ({ at, kind }: Columns['used'][number]) =>
      kind === 'money' && hasDecimalComma(cells[at] ?? '');
    const comma = formats.amounts === null ? used.find(isComma) : undefined;
    if (comma !== undefined) {
      const detail = `The file writes amounts with a decimal comma ("${cells[comma.at]}"): send amounts=comma, so that "1.000" is read as it is meant.`;
      yield { fault: fileFault(line, detail) };
      return;
    }
    yield nameRow(line, cells, used, { keepsEmpty, formats, delimiter });
  }
}

function nameRow(
  line: number,
  cells: string[],
  used: Columns['used'],
  { keepsEmpty, formats, delimiter }: Pick<FileReading, 'keepsEmpty' | 'formats'> & { delimiter: Delimiter },
): FileRow {
  const values: [string, string][] = [];
  const faults: Fault[] = [];
  for (const { at, name, kind } of used) {
    const cell = cells[at] ?? '';
    if (!keepsEmpty && cell.trim() === '') continue;
    const value = readCell(cell, kind, formats, delimiter);
    if (value instanceof Invalid) faults.push({ field: name, code: value.code, detail: value.detail });
    else values.push([name, value]);
  }
  return faults.length > 0
    ? { line, rejection: rejectFaults(faults) }
    : { line, values: Object.fromEntries(values) };
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
