/** `ringback backup FILE`: all of the database of the settings in one file, which appears whole or not at all. */
import { backUpInto, backUpIntoFile, requireDatabase } from '../../offline/backup.ts';
import { describeDatabase } from '../../offline/explain-failure.ts';
import { count } from '../files/progress.ts';
import { printError } from '../print.ts';
import { withSettings } from './with-settings.ts';

/** Prints to standard error: standard output may be the backup. @param file `-` is standard output. @returns the exit code */
export function backUp(file: string): Promise<number> {
  return withSettings('back up', async (config, log) => {
    await requireDatabase(config);
    printError(`Database: ${describeDatabase(config)}`);
    const startMs = performance.now();
    let allRows = 0;
    const onTable = (name: string, { rows }: { rows: number }) => {
      allRows += rows;
      printError(`  ${name}: ${count(rows)} rows`);
    };
    const header =
      file === '-'
        ? await backUpInto(process.stdout, config, log, onTable)
        : await backUpIntoFile(file, config, log, onTable);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    printError(
      `Backed up ${count(allRows)} rows of ${header.taken_at}, schema version ${header.schema_version}, in ${seconds} s.`,
    );
    return 0;
  });
}
