import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject, test, vi } from 'vitest';
import { databaseOf, readFrom, runOn, withDatabase } from './database/databases.ts';

export type TestDatabase = {
  /** connection string */
  url: string;
  /** runs SQL directly */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
};

/** A separate database, cloned from the migrated template (or empty). */
export async function createTestDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const template = inject('templateUrl');
  // An empty one is a plain PostgreSQL, on Citus too.
  const nodes = [template, ...(options.isEmpty ? [] : inject('citusWorkers'))];
  const runAsAdmin = (sql: string) => Promise.all(nodes.map((node) => adminOf(node).query(sql)));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAsAdmin(
    `create database ${name} template ${options.isEmpty ? 'template0' : databaseOf(template)} strategy ${inject('copyStrategy')}`,
  );
  // As the template has it: a copy does not.
  for (const worker of options.isEmpty ? [] : inject('citusWorkers'))
    await adminOf(worker).query(`alter database ${name} set lock_timeout = '500ms'`);
  const url = withDatabase(template, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // The pool hears of a server that a test killed.
  pool.on('error', () => {});
  return {
    url,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    drop: async () => {
      // A server that was killed may leave some on workers, which keep a database from being dropped.
      if (nodes.length > 1)
        await runOn(url, 'set statement_timeout = 0; select recover_prepared_transactions()');
      await pool.end();
      await retryWhileVacuumed(() => runAsAdmin(`drop database if exists ${name} with (force)`));
    },
  };
}

const admins = new Map<string, pg.Pool>();

/** One connection of this process, which creates and drops all its databases: to open another for each takes as long as to create one. */
function adminOf(node: string): pg.Pool {
  const known = admins.get(node);
  if (known !== undefined) return known;
  const pool = new pg.Pool({
    connectionString: withDatabase(node, 'postgres'),
    max: 1,
    allowExitOnIdle: true,
  });
  pool.on('error', () => {}); // the run ends, and its server before this process
  admins.set(node, pool);
  return pool;
}

/** Autovacuum belongs to the superuser, whose processes the tests' role may not end: it ends automatically. */
async function retryWhileVacuumed(drop: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(drop, { timeout: 30_000, interval: 200 });
}

/** A transaction of the test's own, which holds its locks until they are released. */
export type OpenTransaction = { query(sql: string): Promise<void>; release(): Promise<void> };

export async function holdLock(database: TestDatabase, sql: string): Promise<OpenTransaction> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query(sql);
  return {
    query: async (more) => void (await client.query(more)),
    release: async () => {
      await client.query('commit');
      await client.end();
    },
  };
}

/** A statement that locks calls. It names their account, without which Citus locks no rows. */
export async function lockOfCalls(
  { query }: Pick<TestDatabase, 'query'>,
  callLogIds: string[],
  how = 'for update',
): Promise<string> {
  const [row] = await query('select account_id from call where call_log_id = any($1) limit 1', [callLogIds]);
  const ids = callLogIds.map((id) => pg.escapeLiteral(id)).join();
  return `select from call where account_id = '${row?.['account_id']}' and call_log_id in (${ids}) ${how}`;
}

const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** How many sessions have waited for a lock for longer than this. */
export async function countLongWaits(
  database: Pick<TestDatabase, 'url' | 'query'>,
  ms: number,
): Promise<number> {
  const old = `clock_timestamp() - query_start > interval '${ms} milliseconds'`;
  return (await askNodes(database, `select ${waiting} and ${old}`)).length;
}

/** Asks each node of the database: on Citus also its workers. */
async function askNodes(
  { url, query }: Pick<TestDatabase, 'url' | 'query'>,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const workers = inject('citusWorkers').map((worker) => withDatabase(worker, databaseOf(url)));
  const rows = await Promise.all([query(sql), ...workers.map((worker) => readFrom(worker, sql))]);
  return rows.flat();
}

/** The process ids of the database's sessions that wait for a lock. */
export async function waitingForLocks(database: TestDatabase): Promise<number[]> {
  return (await askNodes(database, `select pid ${waiting}`)).map(({ pid }) => Number(pid));
}

/** Ends the sessions that wait for a lock, or cancels their statements. */
export async function interruptWaiting(
  database: TestDatabase,
  how: 'pg_terminate_backend' | 'pg_cancel_backend',
): Promise<void> {
  await askNodes(database, `select ${how}(pid) ${waiting}`);
}

/** For tests that make a row fail, wait or leave a mark: Citus has no triggers on tables that are distributed. */
export const testWithTriggers = test.skipIf(inject('citusWorkers').length > 0);
