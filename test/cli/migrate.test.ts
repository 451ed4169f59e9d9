import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { databaseUrl, readPassword } from '../../src/store/database/embedded/database.ts';
import { listMigrations } from '../../src/store/database/migrate.ts';
import { query, serverPid } from '../fixtures/embedded-processes.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeDataFolder, makeFolder, runRingback, startRingback } from '../support/programs/process.ts';

const migrations = listMigrations();
const names = migrations.map(({ name }) => name);
const [previous, latest] = migrations.slice(-2).map(({ version }) => version);

async function openDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  onTestFinished(() => database.drop());
  return database;
}

test('an empty database gets all migrations, named, and a second run does nothing', async () => {
  const database = await openDatabase({ isEmpty: true });
  const first = await runRingback(['migrate'], { DATABASE_URL: database.url });
  expect(first).toMatchObject({ code: 0, stderr: '' });
  for (const name of names) expect(first.stdout).toContain(`Migrated: ${name}\n`);
  expect(first.stdout).toContain(`The schema now has version ${latest}.`);
  expect(await database.query('select count(*)::int as calls from call')).toEqual([{ calls: 0 }]);

  const second = await runRingback(['migrate'], { DATABASE_URL: database.url });
  expect(second.code).toBe(0);
  expect(second.stdout).toContain(`Nothing to do: the schema has version ${latest}`);
  expect(second.stdout).not.toContain('Migrated');
});

test('a schema of a newer Ringback is rejected and left alone', async () => {
  const database = await openDatabase();
  await database.query(`insert into schema_version (version, name) values (999, 'of tomorrow')`);
  const { code, stderr } = await runRingback(['migrate'], { DATABASE_URL: database.url });
  expect(code).toBe(1);
  expect(stderr).toMatch(/schema version 999.*Start the newer Ringback/);
});

test('a PostgreSQL that is too old is rejected and left alone, by a start too', async () => {
  const database = await openDatabase({ isEmpty: true });
  const name = new URL(database.url).pathname.slice(1);
  // A function of the same name comes before PostgreSQL's own.
  await database.query(
    `create function public.current_setting(text) returns text language sql
     as $$ select case $1 when 'server_version_num' then '140011' else '14.11' end $$`,
  );
  await database.query(`alter database ${name} set search_path = public, pg_catalog`);
  for (const command of ['migrate', 'start']) {
    const { code, stderr } = await runRingback([command], {
      DATABASE_URL: database.url,
      DATA_DIR: await makeFolder(),
      PORT: '0',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/version 14\.11; Ringback needs 15 or newer/);
  }
  const tables = await database.query(`select count(*)::int from pg_tables where schemaname = 'public'`);
  expect(tables).toEqual([{ count: 0 }]);
});

test('without DATABASE_URL the embedded database is made, migrated and ended again', async () => {
  const DATA_DIR = join(await makeFolder(), 'data');
  const { code, stdout } = await runRingback(['migrate'], { DATA_DIR });
  expect(code).toBe(0);
  expect(stdout).toContain(`the embedded PostgreSQL in ${DATA_DIR}`);
  expect(stdout).toContain(`The schema now has version ${latest}.`);
  expect(await serverPid(DATA_DIR)).toBeUndefined();
});

test('a running server is left running, and its database is not migrated under it', async () => {
  const DATA_DIR = await makeDataFolder();
  const { running, url } = await startRingback({ DATA_DIR });
  expect(await runRingback(['migrate'], { DATA_DIR })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing to do'),
  });

  const pidFile = await readFile(join(DATA_DIR, 'postgres', 'postmaster.pid'), 'utf8');
  const database = databaseUrl(pidFile.split('\n')[4] ?? '', await readPassword(DATA_DIR));
  await query(database, `delete from schema_version where version = ${latest}`);
  const { code, stderr } = await runRingback(['migrate'], { DATA_DIR });
  expect(code).toBe(1);
  expect(stderr).toContain(`in use by process ${running.pid}`);
  const [row] = await query(database, 'select coalesce(max(version), 0) as version from schema_version');
  expect(row).toEqual({ version: previous });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('a database that cannot be reached is named without its password', async () => {
  const { code, stdout, stderr } = await runRingback(['migrate'], {
    DATABASE_URL: 'postgresql://ringback:topsecret@127.0.0.1:9/calls',
  });
  expect(code).toBe(1);
  expect(stderr).toContain('does not answer');
  expect(stdout + stderr).not.toContain('topsecret');
});
