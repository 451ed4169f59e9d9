/**
 * The databases of `npm run test:citus`: one of the same name on the coordinator and on each worker, cloned from
 * templates that are distributed already. A worker is reached in the database of the name that the coordinator has.
 */
import pg from 'pg';
import { withLongSession } from '../../../src/store/database/connections/long-session.ts';
import { migrate } from '../../../src/store/database/migrate.ts';
import { distribute } from '../../../src/store/maintenance/distribute.ts';
import { runOn, withDatabase } from './databases.ts';

/** Few, so that a clone has few files: each table has a file for each shard, and each of its indexes. */
const shards = 2;

/** An empty database on every node, of which the coordinator's knows the others. */
export async function makeNodes(serverUrl: string, workers: string[], name: string): Promise<string> {
  for (const node of [...workers, serverUrl]) {
    await runOn(withDatabase(node, 'postgres'), `create database ${name} template template0 encoding 'UTF8'`);
    await runOn(withDatabase(node, name), 'create extension citus');
  }
  const url = withDatabase(serverUrl, name);
  const { hostname, port } = new URL(serverUrl);
  const pool = new pg.Pool({ connectionString: url });
  await pool.query('select citus_set_coordinator_host($1, $2::int)', [hostname, port || '5432']);
  for (const worker of workers) {
    const { hostname: host, port: workerPort } = new URL(worker);
    await pool.query('select citus_add_node($1, $2::int)', [host, workerPort || '5432']);
  }
  await pool.end();
  await runOn(url, `alter database ${name} set citus.shard_count = ${shards}`);
  return url;
}

/** A migrated and distributed database, on every node. @param prepare what each database needs before the schema */
export async function makeCitusDatabase(
  serverUrl: string,
  workers: string[],
  name: string,
  prepare: (url: string) => Promise<void> = async () => {},
): Promise<string> {
  const url = await makeNodes(serverUrl, workers, name);
  await prepare(url);
  await migrate(url);
  await withLongSession(url, distribute);
  return url;
}

/** The same to clone databases from. */
export async function makeCitusTemplate(
  serverUrl: string,
  workers: string[],
  name: string,
  prepare: (url: string) => Promise<void>,
): Promise<void> {
  await makeCitusDatabase(serverUrl, workers, name, prepare);
  // Citus keeps a separate session in each database that is used, and a template may have none.
  for (const node of [...workers, serverUrl]) {
    await runOn(withDatabase(node, 'postgres'), `alter database ${name} allow_connections false`);
    await runOn(
      withDatabase(node, 'postgres'),
      `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}'`,
    );
  }
}

/** The port of the worker that an account is on. @param query on the coordinator */
export async function workerPortOf(
  query: (sql: string, values: string[]) => Promise<Record<string, unknown>[]>,
  accountId: string,
): Promise<number> {
  const [row] = await query(
    `select nodeport from pg_dist_shard_placement
     where shardid = get_shard_id_for_distribution_column('call', $1::uuid)`,
    [accountId],
  );
  return Number(row?.['nodeport']);
}
