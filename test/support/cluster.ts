/** One embedded PostgreSQL for the whole run, with a migrated template that each test's database is cloned from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog } from '../../src/log.ts';
import { startEmbeddedDatabase } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** connection string of the template; other databases have another path */
    templateUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-test-'));
  const database = await startEmbeddedDatabase({ dataDir, log: createLog('error') });
  const pool = new pg.Pool({ connectionString: database.url });
  await migrate(pool);
  await pool.end();
  project.provide('templateUrl', database.url);
  return async () => {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
