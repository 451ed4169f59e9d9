import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { withLongSession } from '../store/database/connections/long-session.ts';
import { latestVersion, migrate, readSchemaVersion } from '../store/database/migrate.ts';
import { distribute, expectCitus } from '../store/maintenance/distribute.ts';
import { withDatabase } from './with-database.ts';

export type Migrated =
  /** `distributed`: the statements that did it */
  | { version: number; migrations: string[]; distributed: string[] }
  /** a server of an older version runs on it */
  | { inUse: string };

/** Brings the database of the settings to this version's schema, and its tables to Citus where that is wanted. */
export function migrateDatabase(config: Config, log: Log, wantsCitus: boolean): Promise<Migrated> {
  return withDatabase(config, log, async ({ pool, url, usedBy }) => {
    const version = latestVersion();
    if (usedBy !== null && (await readSchemaVersion(pool)) < version) return { inUse: usedBy.message };
    if (wantsCitus) await expectCitus(pool);
    const migrations = (await migrate(url)).map(({ name }) => name);
    return { version, migrations, distributed: wantsCitus ? await withLongSession(url, distribute) : [] };
  });
}
