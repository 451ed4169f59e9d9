/** Whatever text a field holds, a reader of another maker gets the same rows, and no cell that it would compute. */
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { csvFormat } from './csv-format.ts';

const hostile = fc.string({
  unit: fc.constantFrom(
    '\n',
    '\r',
    '\r\n',
    '"',
    ',',
    ';',
    '\t',
    '|',
    '=',
    '+',
    '-',
    '@',
    '\uFF1D',
    ' ',
    '\u2028',
    "'",
    '1',
    'a',
    '\uFEFF',
  ),
  maxLength: 8,
});
const text = fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 20 }));
const columns = 3;
const rows = fc.array(fc.array(text, { minLength: columns, maxLength: columns }), {
  minLength: 1,
  maxLength: 6,
});
const number = /^\s*[+-]?\d+(?:\.\d+)?\s*$/;
/** Also behind what a spreadsheet may trim. */
const formulaStart = /^[\s\p{Cc}\p{Cf}]*[=+@\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B-]|^[\t\r\n]/u;

test.each([',', ';', '\t'])('with the delimiter %j every row arrives as it was written', (delimiter) => {
  fc.assert(
    fc.property(rows, (sent) => {
      const head = ['call_log_id', 'reason', 'tags'];
      const file = stringify([head, ...sent], { ...csvFormat, delimiter });
      const { data, errors } = Papa.parse<string[]>(file, { delimiter, newline: '\r\n' });
      expect(errors).toEqual([]);
      expect(data.pop()).toEqual(['']); // after the last line end
      const read = data.slice(1);
      expect(read.map((row) => row.map(withoutMark))).toEqual(sent.map((row) => row.map(withoutMark)));
      expect(read.flat().filter((cell) => formulaStart.test(cell) && !number.test(cell))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('a reader that takes every line feed and carriage return for an end sees no record more', () => {
  const file = stringify(
    [
      ['ok\n=cmd|A1', 'a\rb'],
      ['12.50', 'x'],
    ],
    csvFormat,
  );
  expect(file).toBe('"ok\n=cmd|A1","a\rb"\r\n12.50,x\r\n');
});

/** The apostrophe in front of a formula is the only difference. */
function withoutMark(cell: string): string {
  return cell.startsWith("'") && formulaStart.test(cell.slice(1)) ? cell.slice(1) : cell;
}
