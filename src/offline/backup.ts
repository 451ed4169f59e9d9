/** All of the database of the settings in one file, which appears whole or not at all. */
import { access, type FileHandle, link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { programVersion } from '../program-version.ts';
import { isClusterMade } from '../store/database/embedded/cluster.ts';
import { BackupFault } from '../store/maintenance/backup/backup-fault.ts';
import type { BackupHeader, TableSum } from '../store/maintenance/backup/contents.ts';
import { writeBackup } from '../store/maintenance/backup/write-backup.ts';
import { withDatabase } from './with-database.ts';

type OnTable = (name: string, sum: TableSum) => void;

const ownerOnly = 0o600;

/** @throws BackupFault where an embedded database was never started */
export async function requireDatabase({ databaseUrl, dataDir }: Config): Promise<void> {
  if (databaseUrl !== null || (await isClusterMade(dataDir))) return;
  throw new BackupFault(
    `There is nothing to back up: ${dataDir} has no database. Set DATA_DIR to the folder that has one.`,
  );
}

export function backUpInto(out: Writable, config: Config, log: Log, onTable: OnTable): Promise<BackupHeader> {
  const options = { ringback: programVersion, takenAt: () => new Date().toISOString(), onTable };
  return withDatabase(config, log, ({ url }) => writeBackup({ url, ...options }, out));
}

/** Writes a file beside it, syncs that file, and links it to its name last: a file with this name is complete. */
export async function backUpIntoFile(
  file: string,
  config: Config,
  log: Log,
  onTable: OnTable,
): Promise<BackupHeader> {
  // Reported before an hour's work; the link at the end decides.
  await access(file).then(
    () => cannotWrite(file, Object.assign(new Error(), { code: 'EEXIST' })),
    () => {},
  );
  const partial = `${file}.partial-${process.pid}`;
  const handle = await open(partial, 'wx', ownerOnly).catch((error: Error) => cannotWrite(file, error));
  try {
    const header = await backUpInto(handle.createWriteStream({ flush: true }), config, log, onTable);
    await link(partial, file).catch((error: Error) => cannotWrite(file, error));
    await syncFolderOf(file);
    return header;
  } finally {
    await rm(partial, { force: true });
  }
}

function cannotWrite(file: string, error: Error): never {
  const reason =
    'code' in error && error.code === 'EEXIST' ? 'it exists already; name another' : error.message;
  throw new BackupFault(`Cannot write ${file}: ${reason}.`, { cause: error });
}

async function syncFolderOf(file: string): Promise<void> {
  const folder: FileHandle = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}
