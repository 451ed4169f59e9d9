/** CSV, read by csv-parse: records with the line that each begins in, whatever stands between quotation marks. */
import { pipeline } from 'node:stream/promises';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { type FileFault, fileFault, rowBytesMax } from './file-fault.ts';
import { type Bytes, openText } from './file-head.ts';

const delimiters = [',', ';', '\t'] as const;
export type Delimiter = (typeof delimiters)[number];

/** A record as its cells, or why it is rejected. */
type CsvRecord = { line: number; cells: string[] } | { line: number; rejection: Rejection };

export type CsvFile = {
  header: string[];
  delimiter: Delimiter;
  /** After a `FileFault` comes nothing more: from there on nobody can say where a row begins. */
  records: AsyncGenerator<CsvRecord | { fault: FileFault }>;
};

const columnsMax = 500;
/** Also what is left of bytes that are no UTF-8. */
const replacementCharacter = '\uFFFD';
const mixedNewlines = ['\r\n', '\n', '\r'];
const newline = /\r\n|\n|\r/g;

const howToQuote =
  'The quotation marks of this row do not match. Put the whole cell in quotation marks and double those inside it, such as "12"" pipe", or take them out.';
const brokenQuotes: Partial<Record<CsvError['code'], string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quotation mark opens in this row and is never closed. Close it, or take it out.',
  CSV_MAX_RECORD_SIZE: `The row has more than ${rowBytesMax} bytes: is a quotation mark in it not closed?`,
};

/** Opens a CSV file. @param delimiter null: the one of the header */
export async function openCsv(bytes: Bytes, delimiter: Delimiter | null): Promise<CsvFile | FileFault> {
  const opened = await openText(bytes, hasFirstLine);
  if ('rejection' in opened) return opened;
  const used = delimiter ?? findDelimiter(opened.head);
  const records = readRecords(opened.bytes, used);
  const first = await records.next();
  if (first.done === true) {
    const detail = 'The file is empty. Begin it with a line of column names, then one line a row.';
    return fileFault(1, detail);
  }
  if ('fault' in first.value) return first.value.fault;
  const { line, cells } = first.value;
  const fault = faultOfHeader(line, cells);
  if (fault !== null) {
    await records.return(undefined);
    return fault;
  }
  const header = cells.map((name) => name.trim());
  return { header, delimiter: used, records: checkRecords(records, header.length) };
}

function faultOfHeader(line: number, cells: string[]): FileFault | null {
  if (cells.length > columnsMax) return fileFault(line, `Send at most ${columnsMax} columns.`);
  return cells.some(isBroken) ? fileFault(line, notUtf8) : null;
}

const notUtf8 =
  'This line has characters that are not UTF-8, or were lost before. Save the file as "CSV UTF-8" and send that.';

function isBroken(cell: string): boolean {
  return cell.includes(replacementCharacter);
}

/** Rejects records that are no whole rows. Cells beyond the header are fine where nothing is in them. */
async function* checkRecords(
  records: AsyncGenerator<RawRecord | { fault: FileFault }>,
  columns: number,
): CsvFile['records'] {
  for await (const record of records) {
    if ('fault' in record) {
      yield record;
      continue;
    }
    const { line, cells } = record;
    const isTooLong = cells.length > columns && cells.slice(columns).some((cell) => cell.trim() !== '');
    if (cells.some(isBroken)) yield { line, rejection: reject('malformed_body', notUtf8) };
    else if (cells.length >= columns && !isTooLong) yield { line, cells };
    else yield { line, rejection: reject('malformed_body', detailOfCells(record, columns)) };
  }
}

function detailOfCells({ line, lastLine, cells }: RawRecord, columns: number): string {
  const what = `The row has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, but the header has ${columns}`;
  return lastLine > line
    ? `${what}. It takes lines ${line} to ${lastLine}: is a quotation mark not closed?`
    : `${what}: is a delimiter missing, or in a cell that is not in quotation marks?`;
}

type RawRecord = { line: number; lastLine: number; cells: string[] };

/** A record that the parser cannot read, in its place among the others. */
class BrokenRecord {
  readonly code: CsvError['code'] | undefined;

  constructor(code: CsvError['code'] | undefined) {
    this.code = code;
  }
}

/** All records but blank ones. Lines are counted by what the parser took for a newline. */
async function* readRecords(
  bytes: Bytes,
  delimiter: Delimiter,
): AsyncGenerator<RawRecord | { fault: FileFault }> {
  const parser: Parser = parse({
    delimiter,
    record_delimiter: mixedNewlines,
    max_record_size: rowBytesMax,
    relax_column_count: true,
    // An error would throw away the records before it that nobody has taken yet.
    skip_records_with_error: true,
    on_skip: (error) => {
      parser.push(new BrokenRecord(error?.code));
      return undefined;
    },
  });
  // What breaks in it breaks the parser, and so the loop below.
  pipeline(bytes, parser).catch(() => {});
  let line = 1;
  for await (const record of parser as AsyncIterable<string[] | BrokenRecord>) {
    if (record instanceof BrokenRecord) {
      const detail = brokenQuotes[record.code ?? 'CSV_QUOTE_NOT_CLOSED'] ?? howToQuote;
      yield { fault: fileFault(line, detail) };
      return;
    }
    const lastLine = line + record.reduce((sum, cell) => sum + countNewlines(cell), 0);
    if (record.some((cell) => cell.trim() !== '')) yield { line, lastLine, cells: record };
    line = lastLine + 1;
  }
}

function countNewlines(cell: string): number {
  return cell.includes('\n') || cell.includes('\r') ? (cell.match(newline)?.length ?? 0) : 0;
}

/** True once a newline outside of quotation marks is there, or too much for one line. */
function hasFirstLine(head: Buffer): boolean {
  return head.length > rowBytesMax || firstLineEnd(head) !== -1;
}

function firstLineEnd(head: Buffer): number {
  let isQuoted = false;
  let hasText = false;
  for (const [at, byte] of head.entries()) {
    const isNewline = byte === 0x0a || byte === 0x0d;
    if (byte === 0x22) isQuoted = !isQuoted;
    if (isNewline && !isQuoted && hasText) return at;
    hasText ||= !isNewline;
  }
  return -1;
}

/** The delimiter that parts the first line into most columns. */
function findDelimiter(head: Buffer): Delimiter {
  const end = firstLineEnd(head);
  const line = head.subarray(0, end === -1 ? rowBytesMax : end);
  const columns = delimiters.map((delimiter) => {
    let isReadable = true;
    const [first = []] = parseText(line, {
      delimiter,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: () => {
        isReadable = false;
        return undefined;
      },
    });
    return { delimiter, count: isReadable ? first.length : 0 };
  });
  return columns.reduce((most, one) => (one.count > most.count ? one : most)).delimiter;
}
