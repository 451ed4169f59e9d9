/**
 * One PostgreSQL for the whole run, with a migrated template that each test's database is cloned from: an embedded one,
 * or with `npm run test:db` that of DATABASE_URL, whose role must be a superuser.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog } from '../../../src/log.ts';
import { startEmbeddedDatabase } from '../../../src/store/database/embedded.ts';
import { migrate } from '../../../src/store/database/migrate.ts';
import { isInMemory, makeTemporaryFolder } from '../temporary-folder.ts';
import { makeCitusTemplate } from './citus.ts';
import { copyFolder } from './data-folder.ts';
import { startWithRights } from './database-server.ts';
import { runOn, withDatabase } from './databases.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** connection string of the template; other databases have another path */
    templateUrl: string;
    /** how `create database` copies it; to copy its files is the fastest only where they are in memory */
    copyStrategy: 'file_copy' | 'wal_log';
    /** addresses of the workers on Citus; none on a plain PostgreSQL */
    citusWorkers: string[];
    /** of an embedded database that is migrated and stopped, to be copied; null where the run has none */
    dataFolder: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const workers = process.env['TEST_CITUS_WORKERS']?.split(',') ?? [];
  project.provide('citusWorkers', workers);
  if (given !== undefined) {
    project.provide('dataFolder', null);
    project.provide('copyStrategy', 'wal_log');
    return setUpOn(given, workers, project);
  }
  const [dataFolder, dataDir] = [await makeTemporaryFolder(), await makeTemporaryFolder()];
  const remove = () => {
    for (const folder of [dataFolder, dataDir])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', remove); // of a run that is interrupted, which would keep the memory
  const first = await startEmbeddedDatabase({ dataDir: dataFolder, log: createLog('error') });
  await migrate(first.url);
  await first.stop();
  copyFolder(dataFolder, dataDir);
  const database = await startWithRights(dataDir);
  project.provide('templateUrl', database.url);
  project.provide('dataFolder', dataFolder);
  project.provide('copyStrategy', isInMemory(dataDir) ? 'file_copy' : 'wal_log');
  return async () => {
    await database.stop();
    remove();
  };
}

/** Tests make ids of the past with it; PostgreSQL has it from 18 on. */
const uuidv7 = `create function uuidv7(shift interval default '0') returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from clock_timestamp() + shift) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid $$`;

/** A template of this run's own, on a server that is there. */
async function setUpOn(
  serverUrl: string,
  workers: string[],
  project: TestProject,
): Promise<() => Promise<void>> {
  const name = `ringback_test_${randomUUID().replaceAll('-', '')}`;
  if (workers.length > 0) await makeCitusTemplate(serverUrl, workers, name, prepare);
  else {
    await runOn(serverUrl, `create database ${name} template template0 encoding 'UTF8'`);
    await prepare(withDatabase(serverUrl, name));
    await migrate(withDatabase(serverUrl, name));
  }
  project.provide('templateUrl', withDatabase(serverUrl, name));
  return async () => {
    for (const node of [serverUrl, ...workers])
      await runOn(withDatabase(node, 'postgres'), `drop database ${name} with (force)`);
  };
}

async function prepare(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url });
  const { rows } = await pool.query(`select current_setting('server_version_num')::int < 180000 as is_old`);
  if (rows[0].is_old) await pool.query(uuidv7);
  await pool.end();
}
