import { type Config, readConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { describeDatabase, explainFailure } from '../../offline/explain-failure.ts';
import { type OpenedDatabase, withDatabase } from '../../offline/with-database.ts';
import { listMigrations, migrate, readSchemaVersion } from '../../store/database/migrate.ts';
import { distribute, expectCitus } from '../../store/maintenance/distribute.ts';
import { print, printError } from '../print.ts';
import { readableLog } from '../readable-log.ts';

/** Brings the database of the settings to this version's schema. @returns the exit code */
export async function migrateDatabase({ distributed = false }: { distributed?: boolean }): Promise<number> {
  let config: Config | null = null;
  try {
    config = readConfig();
    print(`Database: ${describeDatabase(config)}`);
    const log = createLog(
      config.logLevel,
      readableLog((text) => process.stderr.write(text)),
    );
    return await withDatabase(config, log, (opened) => runMigrations(opened, distributed));
  } catch (error) {
    const { what, fix } = explainFailure(error, config);
    printError(`Ringback cannot migrate. ${what}${fix === null ? '' : `\n${fix}`}`);
    return 1;
  }
}

async function runMigrations({ pool, usedBy }: OpenedDatabase, distributed: boolean): Promise<number> {
  const latest = listMigrations().length;
  if (usedBy !== null && (await readSchemaVersion(pool)) < latest) {
    printError(`${usedBy.message}\nThe next start on this folder migrates by itself.`);
    return 1;
  }
  if (distributed) await expectCitus(pool);
  const done = await migrate(pool);
  for (const { name } of done) print(`Migrated: ${name}`);
  print(
    done.length === 0
      ? `Nothing to do: the schema has version ${latest}, the latest.`
      : `The schema now has version ${latest}.`,
  );
  if (distributed) for (const statement of await distribute(pool)) print(`Distributed: ${statement}`);
  return 0;
}
