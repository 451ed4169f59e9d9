import { readPieces } from './read-pieces.ts';

/**
 * Cuts a file into parts of whole rows, reading it in pieces. A browser sends a request to its end before it reads the
 * response, and the server answers rows while it reads them: a long file in one request would stop both.
 */
type FilePart = {
  /** bytes of the file */
  start: number;
  end: number;
  rows: FileRow[];
};

type FileRow = { /** counted from 1, where it begins */ line: number; start: number; end: number };

export type FileCut = {
  /** of a CSV file; null for NDJSON */
  delimiter: string | null;
  headerLine: number | null;
};

export type CutPart = FilePart & {
  header: FileRow | null;
  /** by how much lines of the file are ahead of the lines of header and part */
  linesBefore: number;
};

const rowsMax = 1_000;
const bytesMax = 256 * 1024;

/** @throws if the file changes on the disk meanwhile */
export async function* splitFile(file: Blob, cut: FileCut): AsyncGenerator<CutPart> {
  const scanner = new RowScanner(cut.delimiter);
  let header: FileRow | null = null;
  let headerLines = 0;
  let waiting: FileRow[] = [];
  for await (const rows of scanAll(file, scanner)) {
    for (const row of rows) {
      if (cut.headerLine !== null && row.line < cut.headerLine) continue;
      if (cut.headerLine !== null && header === null) {
        header = row;
        continue;
      }
      if (header !== null && headerLines === 0) headerLines = row.line - header.line;
      waiting.push(row);
      const bytes = row.end - (waiting[0]?.start ?? 0);
      if (waiting.length < rowsMax && bytes < bytesMax) continue;
      yield partOf(waiting, header, headerLines);
      waiting = [];
    }
  }
  if (waiting.length > 0) yield partOf(waiting, header, headerLines);
}

function partOf(rows: FileRow[], header: FileRow | null, headerLines: number): CutPart {
  const [first] = rows;
  const { line = 1, start = 0 } = first ?? {};
  const end = rows.at(-1)?.end ?? start;
  return { start, end, rows, header, linesBefore: line - 1 - headerLines };
}

async function* scanAll(file: Blob, scanner: RowScanner): AsyncGenerator<FileRow[]> {
  for await (const piece of readPieces(file)) yield scanner.push(piece);
  yield scanner.finish();
}

const [lf, cr, quote] = [0x0a, 0x0d, 0x22];
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Finds where rows begin, as the server's parser does: a quotation mark counts at the beginning of a cell only. */
class RowScanner {
  readonly #delimiter: number | null;
  #offset = 0;
  #line = 1;
  #rowStart = 0;
  #rowLine = 1;
  #isQuoted = false;
  /** the byte before was a quotation mark within quotation marks */
  #mayClose = false;
  #isCellStart = true;
  #wasCr = false;
  #last: FileRow | null = null;

  /** @param delimiter null: rows are lines */
  constructor(delimiter: string | null) {
    this.#delimiter = delimiter === null ? null : delimiter.charCodeAt(0);
  }

  /** The rows that end in these bytes. */
  push(bytes: Uint8Array): FileRow[] {
    const rows: FileRow[] = [];
    for (const byte of bytes) {
      this.#take(byte, rows);
      this.#offset += 1;
    }
    return rows;
  }

  /** The row that ends with the file. */
  finish(): FileRow[] {
    if (this.#rowStart >= this.#offset) return [];
    return [{ line: this.#rowLine, start: this.#rowStart, end: this.#offset }];
  }

  #take(byte: number, rows: FileRow[]): void {
    if (byte === lf && this.#wasCr) {
      this.#endOfNewline();
      return;
    }
    const isNewline = byte === lf || byte === cr;
    this.#wasCr = byte === cr;
    if (isNewline) this.#line += 1;
    if (this.#isQuoted && !this.#closes(byte, isNewline)) return;
    if (isNewline) this.#endRow(rows);
    else if (this.#offset < byteOrderMark.length && byte === byteOrderMark[this.#offset]) return;
    else if (byte === this.#delimiter) this.#isCellStart = true;
    else if (byte === quote && this.#isCellStart && this.#delimiter !== null) {
      this.#isQuoted = true;
      this.#isCellStart = false;
    } else this.#isCellStart = false;
  }

  /** True where this byte is behind the quotation mark that ends a cell. */
  #closes(byte: number, isNewline: boolean): boolean {
    if (!this.#mayClose) {
      this.#mayClose = byte === quote;
      return false;
    }
    this.#mayClose = false;
    if (byte !== this.#delimiter && !isNewline) return false;
    this.#isQuoted = false;
    return true;
  }

  #endRow(rows: FileRow[]): void {
    this.#last = { line: this.#rowLine, start: this.#rowStart, end: this.#offset + 1 };
    rows.push(this.#last);
    this.#rowStart = this.#offset + 1;
    this.#rowLine = this.#line;
    this.#isCellStart = true;
  }

  /** The second byte of a newline belongs to the row before. */
  #endOfNewline(): void {
    this.#wasCr = false;
    if (this.#last === null || this.#isQuoted || this.#rowStart !== this.#offset) return;
    this.#last.end = this.#offset + 1;
    this.#rowStart = this.#offset + 1;
  }
}

/** The same for the same content: names an import, so that no row is done twice when the file is sent again. */
export async function fingerprint(file: Blob): Promise<string> {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for await (const piece of readPieces(file)) {
    for (const byte of piece) {
      one = Math.imul(one ^ byte, 2_654_435_761);
      other = Math.imul(other ^ byte, 1_597_334_677);
      one = (one << 13) | (one >>> 19);
      other = (other << 17) | (other >>> 15);
    }
  }
  const hex = (half: number) => (half >>> 0).toString(16).padStart(8, '0');
  return `${file.size.toString(16)}-${hex(one)}${hex(other)}`;
}
