/** A CSV file for spreadsheets: with a byte order mark, and without text that a spreadsheet evaluates as a formula. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { csvFormat } from '../../core/values/csv/csv-format.ts';
import { reasonOf } from '../../core/values/text/reason.ts';
import { UsageError } from '../send/send-request.ts';

/** Its methods throw a UsageError where the file cannot be written. */
export type CsvOutput = {
  /** cells that are missing stay empty */
  write(row: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
};

/** @throws UsageError when the file cannot be written */
export async function openCsvOutput(path: string, columns: string[], delimiter: string): Promise<CsvOutput> {
  const rows = stringify({ ...csvFormat, header: true, bom: true, columns, delimiter });
  const file = createWriteStream(path);
  const unwritable = (error: unknown) => {
    throw new UsageError(`Cannot write ${path}: ${reasonOf(error)}.`);
  };
  await once(file, 'open').catch(unwritable);
  const written = pipeline(rows, file).catch(unwritable);
  written.catch(() => {}); // told by `write` and `close`
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
