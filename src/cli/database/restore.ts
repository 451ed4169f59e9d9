/** `ringback restore FILE`: a backup into an empty database, and its schema to this version's. */
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { type Config, readConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { describeDatabase, explainFailure } from '../../offline/explain-failure.ts';
import { withDatabase } from '../../offline/with-database.ts';
import { listMigrations, migrate } from '../../store/database/migrate.ts';
import { BackupFault, type TableSum } from '../../store/maintenance/backup/contents.ts';
import { readBackupHeader, restoreBackup } from '../../store/maintenance/backup/restore-backup.ts';
import { count } from '../files/progress.ts';
import { print, printError } from '../print.ts';
import { readableLog } from '../readable-log.ts';

/** @returns the exit code */
export async function restore(file: string): Promise<number> {
  let config: Config | null = null;
  try {
    config = readConfig();
    await access(file, constants.R_OK).catch((error: Error) => {
      throw new BackupFault(`Cannot read ${file}: ${error.message}.`, { cause: error });
    });
    // Before a database is made for it.
    const header = await readBackupHeader(createReadStream(file), listMigrations().length);
    print(`Backup: of ${header.taken_at}, by Ringback ${header.ringback}`);
    print(`Database: ${describeDatabase(config)}`);
    await load(file, config);
    return 0;
  } catch (error) {
    const { what, fix } = explainFailure(error, config);
    printError(`Ringback cannot restore, and changed nothing. ${what}${fix === null ? '' : `\n${fix}`}`);
    return 1;
  }
}

async function load(file: string, config: Config): Promise<void> {
  const log = createLog(
    config.logLevel,
    readableLog((text) => process.stderr.write(text)),
  );
  const onTable = (name: string, { rows }: TableSum) => print(`  ${name}: ${count(rows)} rows`);
  await withDatabase(config, log, async ({ url, pool, usedBy }) => {
    if (usedBy !== null) throw usedBy;
    await restoreBackup(url, createReadStream(file), listMigrations().length, onTable);
    for (const { name } of await migrate(pool)) print(`Migrated: ${name}`);
  });
  print('Restored. The next start serves it; it makes a new admin token where DATA_DIR has none.');
}
