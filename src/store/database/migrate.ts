import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { projectFile } from '../../project-file.ts';
import { distributeNew } from '../maintenance/distribute.ts';
import type { Queryable } from './connections/db.ts';
import { withLongSession } from './connections/long-session.ts';

const folder = projectFile('src/store/migrations/');
/** Any number that nothing else in the database locks: "ringback" in digits of a phone's keys. */
const advisoryLock = 74_642_225;

/** On Citus: one session for each node, where a table with foreign keys is changed. Elsewhere the setting means nothing. */
const beginMigration = `begin; set local citus.multi_shard_modify_mode = 'sequential'`;

export type Migration = { version: number; name: string };

export class SchemaTooNew extends Error {}

/** The oldest PostgreSQL that has all that the statements use. */
export const postgresMajorMin = 15;

export class PostgresTooOld extends Error {}

/** The migrations that this program brings, in order. No two have the same number; a number may be left out. */
export function listMigrations(): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const migrations = names.map((name) => ({ version: Number(name.slice(0, 4)), name }));
  for (const [at, { version, name }] of migrations.entries()) {
    const isNext = version > (migrations[at - 1]?.version ?? 0);
    if (!isNext) throw new Error(`migration ${name} should have the number ${version + 1}`);
  }
  return migrations;
}

/** The version of the schema that this program brings. */
export function latestVersion(): number {
  return listMigrations().at(-1)?.version ?? 0;
}

/**
 * Brings the schema to this program's version, forward only, one process at a time. Each migration commits
 * together with its version, so a crash between two leaves a whole schema.
 * @returns the migrations that were run
 * @throws SchemaTooNew when a newer program has been here, PostgresTooOld for a server that it cannot run on
 */
export function migrate(url: string): Promise<Migration[]> {
  // However long another process migrates, or a large table is in use. The end of the session frees the lock.
  return withLongSession(url, async (client) => {
    await rejectOldPostgres(client);
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    await makeVersionTable(client);
    const pending = pendingAfter(await readVersions(client));
    for (const migration of pending) {
      await client.query(beginMigration);
      await run(client, migration);
      await client.query('commit');
    }
    if (pending.length > 0) await distributeNew(client);
    return pending;
  });
}

async function rejectOldPostgres(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  );
  const [server] = rows;
  if (server !== undefined && server.number >= postgresMajorMin * 10_000) return;
  throw new PostgresTooOld(
    `The PostgreSQL of DATABASE_URL has version ${server?.version}; Ringback needs ${postgresMajorMin} or newer. Upgrade it, or leave DATABASE_URL out.`,
  );
}

/** Makes the schema as it was at `version` in an empty database, in the caller's transaction, under `lockMigrations`. */
export async function migrateWithin(client: Queryable, version: number): Promise<void> {
  await makeVersionTable(client);
  for (const migration of listMigrations()) if (migration.version <= version) await run(client, migration);
}

/** Until the transaction ends, no other process migrates. */
export async function lockMigrations(client: Queryable): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
}

/** The current version of the schema, 0 for an empty database. */
export async function readSchemaVersion(client: Pick<pg.Pool, 'query'>): Promise<number> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('schema_version') is not null as exists`,
  );
  return rows[0]?.exists ? Math.max(0, ...(await readVersions(client))) : 0;
}

async function makeVersionTable(client: Queryable): Promise<void> {
  await client.query(
    'create table if not exists schema_version (version integer primary key, name text not null, migrated_at timestamptz not null default now())',
  );
}

async function readVersions(client: Pick<pg.Pool, 'query'>): Promise<number[]> {
  const { rows } = await client.query<{ version: number }>('select version from schema_version');
  return rows.map(({ version }) => version);
}

function pendingAfter(versions: readonly number[]): Migration[] {
  const [version, latest] = [Math.max(0, ...versions), latestVersion()];
  if (version > latest) {
    throw new SchemaTooNew(
      `The database has schema version ${version}; this Ringback knows ${latest}. Start the newer Ringback, or restore the database from before its migration.`,
    );
  }
  return listMigrations().filter((migration) => !versions.includes(migration.version));
}

/** In the caller's transaction, together with its version. */
async function run(client: Queryable, { version, name }: Migration): Promise<void> {
  // One at a time: Citus sends the whole text of a change of a distributed table to its nodes.
  for (const statement of statementsOf(readFileSync(new URL(name, folder), 'utf8')))
    await client.query(statement);
  await client.query('insert into schema_version (version, name) values ($1, $2)', [version, name]);
}

/** Statements end at the end of a line, which may have a comment. */
function statementsOf(migration: string): string[] {
  return migration.split(/;(?=[ \t]*(?:--.*)?(?:\n|$))/).filter((text) => text.trim() !== '');
}
