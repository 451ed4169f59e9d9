/** The beginning of a file, as an import would read it, with proposals for what has to be stated. */
import { Readable } from 'node:stream';
import {
  type ProposedColumn,
  type ProposedNotation,
  proposeColumns,
  proposeHeaderLine,
  proposeNotation,
} from '../core/files/propose-columns.ts';
import { ownMember } from '../core/mapping/pointer.ts';
import { type CsvFile, type CsvReading, type Delimiter, delimiters, openCsv } from './csv-file.ts';
import type { FileFault } from './file-fault.ts';
import type { Bytes } from './file-head.ts';
import { readJsonLines } from './ndjson-file.ts';
import type { FileFormat } from './rows-file.ts';

type Line = { line: number; cells: string[] };

export type Inspection = ProposedNotation & {
  /** null for NDJSON */
  delimiter: Delimiter | null;
  headerLine: number | null;
  zone: string | null;
  columns: ProposedColumn[];
  /** the first lines of the file, whatever they are */
  lines: Line[];
  /** the first rows behind the header */
  rows: Line[];
};

const headLinesMax = 12;
const rowsShown = 20;
/** Proposals look at so many rows. */
const rowsMax = 500;

/** @param head the beginning of the file. Its last line may be cut off */
export async function inspectFile(
  head: Buffer,
  format: FileFormat,
  reading: CsvReading,
): Promise<Inspection | FileFault> {
  return format === 'csv' ? inspectCsv(head, reading) : inspectJson(head);
}

async function inspectCsv(head: Buffer, reading: CsvReading): Promise<Inspection | FileFault> {
  const found =
    reading.delimiter === null ? await findDelimiter(head, reading.headerLine) : reading.delimiter;
  if (typeof found !== 'string') return found;
  const lines = await readLines(head, found, headLinesMax);
  if ('rejection' in lines) return lines;
  const headerLine = reading.headerLine ?? proposeHeaderLine(lines);
  const file = await openCsv(stream(head), { delimiter: found, headerLine });
  if ('rejection' in file) return file;
  const rows = await take(file.records, rowsMax);
  const cells = rows.map((row) => row.cells);
  const columns = proposeColumns(file.header, cells);
  return {
    ...proposeNotation(columns, cells),
    ...{ delimiter: found, headerLine: file.line, zone: file.zone, columns, lines },
    rows: rows.slice(0, rowsShown),
  };
}

/** The delimiter that the file declares or its header has, else the one that parts its lines into most columns. A title has none. */
async function findDelimiter(head: Buffer, headerLine: number | null): Promise<Delimiter | FileFault> {
  const opened = await openCsv(stream(head), { delimiter: null, headerLine });
  if ('rejection' in opened) return opened;
  await opened.records.return(undefined);
  if (opened.header.length > 1) return opened.delimiter;
  let best: { delimiter: Delimiter; columns: number } = { delimiter: opened.delimiter, columns: 1 };
  for (const delimiter of delimiters) {
    const lines = await readLines(head, delimiter, headLinesMax);
    if ('rejection' in lines) continue;
    const columns = lines.map(({ cells }) => cells.length).sort((one, other) => other - one)[
      Math.floor(lines.length / 2)
    ];
    if (columns !== undefined && columns > best.columns) best = { delimiter, columns };
  }
  return best.delimiter;
}

async function readLines(head: Buffer, delimiter: Delimiter, max: number): Promise<Line[] | FileFault> {
  const file = await openCsv(stream(head), { delimiter, headerLine: null });
  if ('rejection' in file) return file;
  return [{ line: file.line, cells: file.header }, ...(await take(file.records, max - 1))];
}

async function take(records: CsvFile['records'], max: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const record of records) {
    if ('fault' in record) break;
    lines.push({ line: record.line, cells: 'cells' in record ? record.cells : record.rejected });
    if (lines.length === max) break;
  }
  return lines;
}

async function inspectJson(head: Buffer): Promise<Inspection> {
  const rows: { line: number; payload: Record<string, unknown> }[] = [];
  for await (const read of readJsonLines(stream(head))) {
    if ('payload' in read) rows.push(read);
    if (rows.length === rowsMax) break;
  }
  const header = [...new Set(rows.flatMap(({ payload }) => Object.keys(payload)))];
  const texts = rows.map(({ line, payload }) => ({
    line,
    cells: header.map((name) => cellOf(ownMember(payload, name))),
  }));
  const cells = texts.map((row) => row.cells);
  const columns = proposeColumns(header, cells);
  return {
    ...{ amounts: null, dates: null, ambiguousDate: null },
    ...{ delimiter: null, headerLine: null, zone: null, columns, lines: [] },
    rows: texts.slice(0, rowsShown),
  };
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function stream(head: Buffer): Bytes {
  return Readable.from([head]);
}
