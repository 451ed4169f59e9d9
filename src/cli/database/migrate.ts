import { describeDatabase } from '../../offline/explain-failure.ts';
import { migrateDatabase } from '../../offline/migrate.ts';
import { print, printError } from '../print.ts';
import { withSettings } from './with-settings.ts';

/** `ringback migrate`: the database of the settings to this version's schema. @returns the exit code */
export function runMigrations({
  distributed: wantsCitus = false,
}: {
  distributed?: boolean;
}): Promise<number> {
  return withSettings('migrate', async (config, log) => {
    print(`Database: ${describeDatabase(config)}`);
    const done = await migrateDatabase(config, log, wantsCitus);
    if ('inUse' in done) {
      printError(`${done.inUse}\nThe next start on this folder migrates it.`);
      return 1;
    }
    const { version, migrations, distributed } = done;
    for (const name of migrations) print(`Migrated: ${name}`);
    print(
      migrations.length === 0
        ? `Nothing to do: the schema has version ${version}, the latest.`
        : `The schema now has version ${version}.`,
    );
    for (const statement of distributed) print(`Distributed: ${statement}`);
    return 0;
  });
}
