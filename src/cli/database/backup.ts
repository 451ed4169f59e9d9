/** `ringback backup FILE`: all of the database of the settings in one file, which appears whole or not at all. */
import { access, type FileHandle, link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { type Config, readConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { describeDatabase, explainFailure } from '../../offline/explain-failure.ts';
import { withDatabase } from '../../offline/with-database.ts';
import { programVersion } from '../../program-version.ts';
import { isClusterMade } from '../../store/database/embedded/cluster.ts';
import { BackupFault, type TableSum } from '../../store/maintenance/backup/contents.ts';
import { writeBackup } from '../../store/maintenance/backup/write-backup.ts';
import { count } from '../files/progress.ts';
import { readableLog } from '../readable-log.ts';

const ownerOnly = 0o600;

/** @param file `-` is standard output. @returns the exit code */
export async function backUp(file: string): Promise<number> {
  let config: Config | null = null;
  try {
    config = readConfig();
    if (config.databaseUrl === null && !(await isClusterMade(config.dataDir))) {
      throw new BackupFault(
        `There is nothing to back up: ${config.dataDir} has no database. Set DATA_DIR to the folder that has one.`,
      );
    }
    say(`Database: ${describeDatabase(config)}`);
    if (file === '-') await backUpInto(process.stdout, config);
    else await backUpIntoFile(file, config);
    return 0;
  } catch (error) {
    const { what, fix } = explainFailure(error, config);
    say(`Ringback cannot back up. ${what}${fix === null ? '' : `\n${fix}`}`);
    return 1;
  }
}

/** Written beside it, synced, and only then given its name: what has the name is whole. */
async function backUpIntoFile(file: string, config: Config): Promise<void> {
  // Told before an hour's work; the link at the end decides.
  await access(file).then(
    () => cannotWrite(file, Object.assign(new Error(), { code: 'EEXIST' })),
    () => {},
  );
  const partial = `${file}.partial-${process.pid}`;
  const handle = await open(partial, 'wx', ownerOnly).catch((error: Error) => cannotWrite(file, error));
  try {
    await backUpInto(handle.createWriteStream({ flush: true }), config);
    await link(partial, file).catch((error: Error) => cannotWrite(file, error));
    await syncFolderOf(file);
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

async function backUpInto(out: Writable, config: Config): Promise<void> {
  const log = createLog(config.logLevel, readableLog(say));
  const startMs = performance.now();
  const sums: TableSum[] = [];
  const onTable = (name: string, sum: TableSum) => {
    sums.push(sum);
    say(`  ${name}: ${count(sum.rows)} rows`);
  };
  const options = { ringback: programVersion, takenAt: () => new Date().toISOString(), onTable };
  const header = await withDatabase(config, log, ({ url }) => writeBackup({ url, ...options }, out));
  const rows = sums.reduce((sum, table) => sum + table.rows, 0);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  say(
    `Backed up ${count(rows)} rows of ${header.taken_at}, schema version ${header.schema_version}, in ${seconds} s.`,
  );
}

/** Standard output may be the backup. */
function say(line: string): void {
  process.stderr.write(line.endsWith('\n') ? line : `${line}\n`);
}
