/** `ringback restore FILE`: a backup into an empty database, and its schema to this version's. */
import { describeDatabase } from '../../offline/explain-failure.ts';
import { readHeader, restoreFile } from '../../offline/restore.ts';
import { count } from '../files/progress.ts';
import { print } from '../print.ts';
import { withSettings } from './with-settings.ts';

/** @returns the exit code */
export function restore(file: string): Promise<number> {
  return withSettings('restore, and changed nothing', async (config, log) => {
    const header = await readHeader(file);
    print(`Backup: of ${header.taken_at}, by Ringback ${header.ringback}`);
    print(`Database: ${describeDatabase(config)}`);
    const onTable = (name: string, { rows }: { rows: number }) => print(`  ${name}: ${count(rows)} rows`);
    await restoreFile(file, config, log, onTable, (name) => print(`Migrated: ${name}`));
    print('Restored. The next start serves it; it makes a new admin token where DATA_DIR has none.');
    return 0;
  });
}
