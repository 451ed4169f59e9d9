/** A backup into an empty database, and its schema to this version's. */
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { latestVersion, migrate } from '../store/database/migrate.ts';
import { BackupFault } from '../store/maintenance/backup/backup-fault.ts';
import type { BackupHeader, TableSum } from '../store/maintenance/backup/contents.ts';
import { readBackupHeader, restoreBackup } from '../store/maintenance/backup/restore-backup.ts';
import { withDatabase } from './with-database.ts';

/** Reads the header before a database is made for the backup. @throws BackupFault */
export async function readHeader(file: string): Promise<BackupHeader> {
  await access(file, constants.R_OK).catch((error: Error) => {
    throw new BackupFault(`Cannot read ${file}: ${error.message}.`, { cause: error });
  });
  return readBackupHeader(createReadStream(file), latestVersion());
}

export function restoreFile(
  file: string,
  config: Config,
  log: Log,
  onTable: (name: string, sum: TableSum) => void,
  onMigration: (name: string) => void,
): Promise<void> {
  return withDatabase(config, log, async ({ url, usedBy }) => {
    if (usedBy !== null) throw usedBy;
    await restoreBackup(url, createReadStream(file), latestVersion(), onTable);
    for (const { name } of await migrate(url)) onMigration(name);
  });
}
