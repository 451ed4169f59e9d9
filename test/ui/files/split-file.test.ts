/** How the browser cuts a file into parts: as the server's parser finds its rows. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint, splitFile } from '../../../ui/src/pages/files/import/split-file.ts';

const file = (content: string) => new Blob([content]);

async function partsOf(content: string, delimiter: string | null = ',', headerLine: number | null = 1) {
  const blob = file(content);
  const parts: {
    header: string;
    text: string;
    rows: { line: number; text: string }[];
    linesBefore: number;
  }[] = [];
  for await (const part of splitFile(blob, { delimiter, headerLine })) {
    const textOf = ({ start, end }: { start: number; end: number }) => blob.slice(start, end).text();
    const rows = await Promise.all(
      part.rows.map(async (row) => ({ line: row.line, text: await textOf(row) })),
    );
    const header = part.header === null ? '' : await textOf(part.header);
    parts.push({ header, text: await textOf(part), rows, linesBefore: part.linesBefore });
  }
  return parts;
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', 'é') }),
  fc.constantFrom('', '1.50', 'x y'),
);
const quote = (text: string) => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('whatever is in the cells, rows begin where the parser of the server finds them', async () => {
  const table = fc.array(fc.tuple(fc.constantFrom('k', 'l'), cell, cell), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.boolean(),
      async (rows, newline, hasBom, isEnded) => {
        const lines = [['h1', 'h2', 'h3'], ...rows].map((cells) => cells.map(quote).join(','));
        const content = `${hasBom ? '\uFEFF' : ''}${lines.join(newline)}${isEnded ? newline : ''}`;
        const parts = await partsOf(content);
        expect(parts.map(({ text }) => text).join('')).toBe(
          content.slice(content.indexOf('h3') + 2 + newline.length),
        );
        const found = parts.flatMap((part) => part.rows.map(({ text }) => text));
        const parsed = found.map((text) => parse(text, { record_delimiter: ['\r\n', '\n', '\r'] })[0]);
        expect(parsed).toEqual(rows);
      },
    ),
    { numRuns: 200 },
  );
});

test('parts have at most 1,000 rows, begin with the header, and know their lines', async () => {
  const rows = Array.from({ length: 2_500 }, (_, at) => `${at},"two\nlines"`);
  const parts = await partsOf(`Title\n"a\nb",c\n${rows.join('\n')}`, ',', 2);
  expect(parts.map((part) => part.rows.length)).toEqual([1_000, 1_000, 500]);
  expect(parts.map(({ header }) => header)).toEqual(Array(3).fill('"a\nb",c\n'));
  // In each part, rows begin behind the two lines of the header.
  expect(parts.map(({ linesBefore }) => linesBefore)).toEqual([1, 2_001, 4_001]);
  expect(parts[1]?.rows[0]).toEqual({ line: 2_004, text: '1000,"two\nlines"\n' });
});

test('long rows make short parts, and NDJSON has no header and no quotation marks', async () => {
  const long = `${'x'.repeat(60_000)}\n`;
  const parts = await partsOf(`{"a":"\n${long.repeat(10)}`, null, null);
  expect(parts.every(({ text, header }) => text.length < 330_000 && header === '')).toBe(true);
  expect(parts.flatMap(({ rows }) => rows).map(({ line }) => line)).toEqual(
    Array.from({ length: 11 }, (_, at) => at + 1),
  );
});

test('files of other content have other fingerprints', async () => {
  const prints = await Promise.all(['', 'a', 'b', 'ab', 'ba', 'a\n'].map((text) => fingerprint(file(text))));
  expect(new Set(prints).size).toBe(6);
  expect(await fingerprint(file('ab'))).toBe(prints[3]);
});
