/** What csv-parse makes of files, with the line that each row begins in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCsv } from '../../../src/files/csv-file.ts';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

/** Everything that is read of a file, as text that can be compared. */
async function readAll(
  file: string | Uint8Array,
  chunkSize = 7,
  headerLine: number | null = null,
): Promise<string[]> {
  const opened = await openCsv(chunksOf(Buffer.from(file), chunkSize), { delimiter: null, headerLine });
  if ('rejection' in opened) return [`${opened.line}: ${opened.rejection.detail}`];
  const lines = [opened.header.join('|')];
  for await (const record of opened.records) {
    if ('fault' in record) lines.push(`${record.fault.line}: ${record.fault.rejection.detail}`);
    else if ('rejection' in record) lines.push(`${record.line}: ${record.rejection.detail}`);
    else lines.push(`${record.line} ${record.cells.join('|')}`);
  }
  return lines;
}

test.each([
  ['LF', 'a,b\n1,2\n3,4\n', ['a|b', '2 1|2', '3 3|4']],
  ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', ['a|b', '2 1|2', '3 3|4']],
  ['CR alone', 'a,b\r1,2\r3,4\r', ['a|b', '2 1|2', '3 3|4']],
  ['no newline at the end', 'a,b\n1,2', ['a|b', '2 1|2']],
  ['all newlines mixed', 'a,b\r\n1,2\n3,4\r5,6', ['a|b', '2 1|2', '3 3|4', '4 5|6']],
  ['a mark of UTF-8', '\uFEFFa,b\n1,2\n', ['a|b', '2 1|2']],
  ['semicolons', 'a;b\n1,5;2\n', ['a|b', '2 1,5|2']],
  ['tabs', 'a\tb\n1\t2\n', ['a|b', '2 1|2']],
  ['a delimiter inside a quoted name', '"a;x;y",b\n1,2\n', ['a;x;y|b', '2 1|2']],
  ['spaces around names', ' a , b \n1,2\n', ['a|b', '2 1|2']],
  ['doubled quotation marks', 'a,b\n"say ""hi""",2\n', ['a|b', '2 say "hi"|2']],
  ['blank lines, which are no rows', '\na,b\n\n1,2\n,\n  \n3,4\n', ['a|b', '4 1|2', '7 3|4']],
  ['a newline in a name', '"a\nx",b\n1,2\n', ['a\nx|b', '3 1|2']],
  [
    'newlines in cells of every kind',
    'a,b\n"1\n\n1",2\n"3\r\n3",4\n"5\r5","6\n"\n7,8\n',
    ['a|b', '2 1\n\n1|2', '5 3\r\n3|4', '7 5\r5|6\n', '10 7|8'],
  ],
  ['a header and no row', 'a,b\n', ['a|b']],
  ['empty cells behind the last column', 'a,b\n1,2,,\n', ['a|b', '2 1|2||']],
])('a file with %s is read, and every row knows its line', async (_name, file, expected) => {
  expect(await readAll(file)).toEqual(expected);
});

test.each([
  ['a title with another delimiter in it', 'Report, November\n\na;b\n1,5;2\n', 3, ['a|b', '4 1,5|2']],
  ['a title without one', 'Report\r\n\r\n\r\na\tb\r\n1\t2\r\n', 4, ['a|b', '5 1|2']],
  ['lines of CR alone', 'Report, x\ra;b\r1;2\r', 2, ['a|b', '3 1|2']],
  ['blank lines behind the title', 'Report, x\n\n\na;b\n1;2\n', 2, ['a|b', '5 1|2']],
  ['a zone before the header', '\uFEFFParameters:TimeZone=Europe/Berlin\na;b\n1;2\n', null, ['a|b', '3 1|2']],
  ['both', 'Report, x\nParameters:TimeZone=Europe/Berlin,,\na;b\n1;2\n', 2, ['a|b', '4 1|2']],
  [
    'a header line that is not there',
    'Report, x\na;b\n',
    9,
    ['9: The file has no line 9, in which the header should be.'],
  ],
])('the delimiter is the one of the header behind %s', async (_name, file, headerLine, expected) => {
  for (const chunkSize of [1, 7, 1_000]) {
    expect(await readAll(file, chunkSize, headerLine)).toEqual(expected);
  }
});

test.each([
  ['an opening quotation mark inside a cell', 'a,b\n1,2\n3,4"5\n6,7\n', 3, /quotation marks .* do not match/],
  ['text behind a closing quotation mark', 'a,b\n1,"2"3\n', 2, /quotation marks .* do not match/],
  ['a quotation mark that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', 3, /never closed/],
  ['one that swallows too much', `a,b\n1,"${'x'.repeat(70_000)}\n2,3\n`, 2, /more than 65536 bytes/],
])('after %s nothing more is read, but all before it is', async (_name, file, line, detail) => {
  const lines = await readAll(file);
  expect(lines.slice(1, -1)).toEqual(
    file
      .split('\n')
      .slice(1, line - 1)
      .map((row, at) => `${at + 2} ${row.replace(',', '|')}`),
  );
  expect(lines.at(-1)).toMatch(new RegExp(`^${line}: `));
  expect(lines.at(-1)).toMatch(detail);
});

test.each([
  ['too many cells', 'a,b\n1,2,x\n3,4\n', /^2: .*3 cells.*header has 2/],
  [
    'a row that swallowed others',
    'a,b\n1,"2\n3,4\n5,6"\n3,4\n'.replace('1,"2', '1,9,"2'),
    /^2: .*lines 2 to 4/,
  ],
  ['Latin-1', Buffer.from('a,b\n1,Müller\n3,4\n', 'latin1'), /^2: .*not UTF-8/],
  ['a cut character', Buffer.from('a,b\n1,\xc3\n3,4\n', 'latin1'), /^2: .*not UTF-8/],
])('a row with %s is rejected alone', async (_name, file, rejected) => {
  const lines = await readAll(file);
  expect(lines[1]).toMatch(rejected);
  expect(lines[2]).toMatch(/^\d 3\|4$/);
});

test.each([
  ['nothing', '', /^1: The file is empty/],
  ['nothing but newlines', '\r\n\r\n', /^1: The file is empty/],
  ['UTF-16 with a mark', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), /^1: .*UTF-16.*CSV UTF-8/],
  ['UTF-16 without one', Buffer.from('a,b\n1,2\n', 'utf16le'), /^1: .*UTF-16.*CSV UTF-8/],
  ['big-endian UTF-16', Buffer.from('\uFEFFa,b\n', 'utf16le').swap16(), /^1: .*UTF-16.*CSV UTF-8/],
  ['an Excel workbook', Buffer.from('PK\x03\x04 and so on'), /^1: .*Excel workbook.*CSV UTF-8/],
  ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /^1: .*compressed/],
  ['names in Latin-1', Buffer.from('a,für\n1,2\n', 'latin1'), /^1: .*not UTF-8/],
  ['a name that is never closed', 'a,"b\n1,2\n', /^1: .*never closed/],
  ['too many columns', `${'a,'.repeat(500)}a\n`, /^1: .*at most 500 columns/],
])('a file with %s is rejected as a whole', async (_name, file, detail) => {
  const lines = await readAll(file);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(detail);
});

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ',', ';', '"', '\n', '\r\n', ' ', '1') });

test('a file is read the same, wherever the network cuts it', async () => {
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (cells, chunkSize) => {
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const file = `a,b\n${cells.map((row) => `${row.map(quote).join(',')}\n`).join('')}`;
      expect(await readAll(file, chunkSize)).toEqual(await readAll(file, 1_000_000));
    }),
  );
});

test('every cell is read as it was quoted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 5 }), async (cells) => {
      const file = `${cells.map((_cell, at) => `c${at}`).join(',')}\n${cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')}\n`;
      const isBlank = cells.every((text) => text.trim() === '');
      expect((await readAll(file))[1]).toEqual(isBlank ? undefined : `2 ${cells.join('|')}`);
    }),
  );
});

test.each([
  ['states its delimiter', 'sep=;\r\na;b,c\r\n1;2,5\r\n', ['a|b,c', '3 1|2,5']],
  ['states its delimiter in quotation marks', '"sep=\t"\na\tb\n1\t2\n', ['a|b', '3 1|2']],
  ['states its time zone', 'Parameters:TimeZone=America/New_York,,,\na,b\n1,2\n', ['a|b', '3 1|2']],
  ['has rows that end early', 'a,b\n1\n3,4\n', ['a|b', '2 1', '3 3|4']],
])('a file that %s is read', async (_name, file, lines) => {
  for (const chunkSize of [1, 7, 1_000]) expect(await readAll(file, chunkSize)).toEqual(lines);
});
