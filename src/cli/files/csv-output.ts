/** A CSV file as a spreadsheet opens it: with the mark of UTF-8, and no text that it would take for a formula. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { withoutFormula } from '../../core/values/formula.ts';

export type CsvOutput = {
  /** cells that are missing stay empty */
  write(row: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
};

/** @throws when the file cannot be written */
export async function openCsvOutput(path: string, columns: string[], delimiter: string): Promise<CsvOutput> {
  const rows = stringify({
    header: true,
    bom: true,
    columns,
    delimiter,
    cast: { string: withoutFormula },
  });
  const file = createWriteStream(path);
  await once(file, 'open');
  const written = pipeline(rows, file);
  written.catch(() => {}); // told by `close`
  return {
    write: async (row) => {
      if (!rows.write(row)) await Promise.race([once(rows, 'drain'), written]);
    },
    close: async () => {
      rows.end();
      await written;
    },
  };
}
