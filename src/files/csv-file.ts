/** CSV, read by csv-parse: records with the line that each begins in, whatever is between quotation marks. */
import { pipeline } from 'node:stream/promises';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { type Rejection, reject } from '../core/updates/rejection.ts';
import { type FileFault, fileFault, rowBytesMax } from './file-fault.ts';
import { type Bytes, openText } from './file-head.ts';

export const delimiters = [',', ';', '\t'] as const;
export type Delimiter = (typeof delimiters)[number];

export const delimiterNames = { comma: ',', semicolon: ';', tab: '\t' } as const;
export const delimiterWords = [
  'comma',
  'semicolon',
  'tab',
] as const satisfies (keyof typeof delimiterNames)[];

/** A record as its cells, or why it is rejected. */
type CsvRecord =
  | { line: number; lastLine: number; cells: string[] }
  | { line: number; rejected: string[]; rejection: Rejection };

export type CsvFile = {
  header: string[];
  /** of the header */
  line: number;
  delimiter: Delimiter;
  /** the time zone that a line before the header states */
  zone: string | null;
  /** After a `FileFault` comes nothing more: from there on the start of a row is unknown. */
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

/** `sep=;` as Excel writes it, and `Parameters:TimeZone=America/New_York` as Google Ads does, before the header. */
const separatorLine = /^"?sep=(.)"?[ ,;\t]*(?:\r\n|\n|\r)/i;
const zoneCell = /^Parameters:\s*TimeZone=(\S+)$/i;
const zoneLine = /^\uFEFF?\s*"?\s*Parameters:\s*TimeZone=/i;

export type CsvReading = {
  /** null: the one of the header */
  delimiter: Delimiter | null;
  /** the line that the header begins in; what comes before it, such as a title, is left out. null: the first */
  headerLine: number | null;
};

/** Opens a CSV file. */
export async function openCsv(bytes: Bytes, reading: CsvReading): Promise<CsvFile | FileFault> {
  const headerLine = reading.headerLine ?? 1;
  const opened = await openText(bytes, (head) => hasHeader(head, headerLine));
  if ('rejection' in opened) return opened;
  const separator = separatorLine.exec(opened.head.subarray(0, 20).toString());
  const declared = delimiters.find((known) => known === separator?.[1]) ?? null;
  if (separator !== null && declared === null) {
    return fileFault(1, 'Separate the columns by a comma, a semicolon or a tab, and state it in "sep=".');
  }
  const delimiter = reading.delimiter ?? declared ?? findDelimiter(opened.head, headerLine);
  const content = separator === null ? opened.bytes : withoutStart(opened.bytes, separator[0]);
  const records = readRecords(content, delimiter, separator === null ? 1 : 2);
  const found = await findHeader(records, headerLine);
  if ('rejection' in found) {
    await records.return(undefined);
    return found;
  }
  const header = found.cells.map((name) => name.trim());
  const { line, zone } = found;
  return { header, line, delimiter, zone, records: checkRecords(records, header.length) };
}

type Header = { line: number; cells: string[]; zone: string | null };

async function findHeader(
  records: AsyncGenerator<RawRecord | { fault: FileFault }>,
  headerLine: number,
): Promise<Header | FileFault> {
  let zone: string | null = null;
  for (;;) {
    const next = await records.next();
    if (next.done === true) {
      const detail =
        headerLine > 1
          ? `The file has no line ${headerLine}, in which the header should be.`
          : 'The file is empty. Begin it with a line of column names, then one line a row.';
      return fileFault(headerLine, detail);
    }
    if ('fault' in next.value) return next.value.fault;
    const { line, cells } = next.value;
    const stated = zoneCell.exec(cells[0]?.trim() ?? '')?.[1];
    if (stated !== undefined) zone = stated;
    if (stated === undefined && line >= headerLine)
      return faultOfHeader(line, cells) ?? { line, cells, zone };
  }
}

async function* withoutStart(bytes: Bytes, start: string): AsyncGenerator<Buffer> {
  let left = start.length;
  // The rest of a newline may not have arrived yet.
  let isInNewline = start.endsWith('\r');
  for await (const chunk of bytes) {
    let content = chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
    if (isInNewline && content.length > 0) {
      if (content[0] === 0x0a) content = content.subarray(1);
      isInNewline = false;
    }
    yield content;
  }
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

/** Rejects records that are no rows. Cells beyond the header may be there if nothing is in them; at the end, cells may be missing. */
async function* checkRecords(
  records: AsyncGenerator<RawRecord | { fault: FileFault }>,
  columns: number,
): CsvFile['records'] {
  for await (const record of records) {
    if ('fault' in record) {
      yield record;
      continue;
    }
    const { line, lastLine, cells } = record;
    const isTooLong = cells.length > columns && cells.slice(columns).some((cell) => cell.trim() !== '');
    if (cells.some(isBroken)) yield { line, rejected: cells, rejection: reject('malformed_body', notUtf8) };
    else if (isTooLong)
      yield { line, rejected: cells, rejection: reject('malformed_body', detailOfCells(record, columns)) };
    else yield { line, lastLine, cells };
  }
}

export function detailOfCells({ line, lastLine, cells }: RawRecord, columns: number): string {
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

/** All records but blank ones. Lines are counted by the parser's newline. */
async function* readRecords(
  bytes: Bytes,
  delimiter: Delimiter,
  firstLine: number,
): AsyncGenerator<RawRecord | { fault: FileFault }> {
  const parser: Parser = parse({
    delimiter,
    record_delimiter: mixedNewlines,
    max_record_size: rowBytesMax,
    relax_column_count: true,
    // An error would throw away the records before it that are not read yet.
    skip_records_with_error: true,
    on_skip: (error) => {
      parser.push(new BrokenRecord(error?.code));
      return undefined;
    },
  });
  // What breaks in it breaks the parser, and so the loop below.
  pipeline(bytes, parser).catch(() => {});
  let line = firstLine;
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

/** Of a file whose header is not found in them, the delimiter is not found either. */
const headBytesMax = 4 * rowBytesMax;

/** True once the line of the header is there, with a newline outside of quotation marks, or too much for one line. */
function hasHeader(head: Buffer, headerLine: number): boolean {
  const begun = head.subarray(headerStart(head, headerLine));
  return head.length > headBytesMax || begun.length > rowBytesMax || firstLineEnd(begun) !== -1;
}

/** Where the line begins in which the header is; the end of the head where that has not arrived. */
function headerStart(head: Buffer, headerLine: number): number {
  let start = 0;
  for (let line = 1; line < headerLine && start < head.length; line += 1) start = nextLine(head, start);
  while (zoneLine.test(head.subarray(start, start + 100).toString())) start = nextLine(head, start);
  return start;
}

function nextLine(head: Buffer, from: number): number {
  const at = head.subarray(from).findIndex((byte) => byte === 0x0a || byte === 0x0d);
  if (at === -1) return head.length;
  return from + at + (head[from + at] === 0x0d && head[from + at + 1] === 0x0a ? 2 : 1);
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

/** The delimiter that parts the line of the header into most columns. */
function findDelimiter(head: Buffer, headerLine: number): Delimiter {
  const begun = head.subarray(headerStart(head, headerLine));
  const end = firstLineEnd(begun);
  const line = begun.subarray(0, end === -1 ? rowBytesMax : end);
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
