import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject, vi } from 'vitest';
import { databaseOf, runOn, withDatabase } from './database/databases.ts';

export type TestDatabase = {
  /** connection string */
  url: string;
  /** runs SQL directly */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
};

/** A database of its own, cloned from the migrated template (or empty). */
export async function createTestDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const template = inject('templateUrl');
  // An empty one is a plain PostgreSQL, on Citus too.
  const nodes = [template, ...(options.isEmpty ? [] : inject('citusWorkers'))];
  const runAsAdmin = (sql: string) =>
    Promise.all(nodes.map((node) => runOn(withDatabase(node, 'postgres'), sql)));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAsAdmin(
    `create database ${name} template ${options.isEmpty ? 'template0' : databaseOf(template)}`,
  );
  const url = withDatabase(template, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // The pool hears of a server that a test killed.
  pool.on('error', () => {});
  return {
    url,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await retryWhileVacuumed(() => runAsAdmin(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Autovacuum belongs to the superuser, whose processes the tests' role may not end: it ends by itself. */
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

/** The process ids of the database's sessions that wait for a lock. */
export async function waitingForLocks(database: TestDatabase): Promise<number[]> {
  const rows = await database.query(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => Number(pid));
}
