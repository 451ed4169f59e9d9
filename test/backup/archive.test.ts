/** The archive itself: what is damaged, newer or not a backup is rejected, and the database stays empty. */
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { latestVersion, listMigrations, migrate, migrateWithin } from '../../src/store/database/migrate.ts';
import { copied } from '../../src/store/maintenance/backup/copied.ts';
import { readBackupHeader, restoreBackup } from '../../src/store/maintenance/backup/restore-backup.ts';
import { writeBackup } from '../../src/store/maintenance/backup/write-backup.ts';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const latest = latestVersion();
/** Has calls enough for several parts of several megabytes. */
let filled: TestDatabase;
let backupOfFilled: Buffer;
let empty: TestDatabase;

beforeAll(async () => {
  filled = await createTestDatabase();
  await filled.query(insertCalls);
  backupOfFilled = await takeBackup(filled);
});

afterAll(() => filled.drop());

beforeEach(async () => {
  empty = await openDatabase({ isEmpty: true });
});

async function openDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  onTestFinished(() => database.drop());
  return database;
}

async function takeBackup({ url }: { url: string }): Promise<Buffer> {
  const out = new PassThrough();
  const options = { url, ringback: '0.0.1', takenAt: () => '2026-11-24T00:00:00.000Z', onTable: () => {} };
  const [bytes] = await Promise.all([buffer(out), writeBackup(options, out)]);
  return bytes;
}

const restoreInto = ({ url }: TestDatabase, bytes: Buffer) =>
  restoreBackup(url, Readable.from([bytes]), latest, () => {});

const insertCalls = `
insert into call (account_id, call_log_id, state, started_at, converted, revenue_paid_out, tags, reason, created_at, updated_at)
select '01990000-0000-7000-8000-000000000001', 'C' || n, 'completed', now(), true, n / 7.0, '{"a":"b"}', repeat(md5(n::text), 10), now(), now()
from generate_series(1, 20000) n`;

async function expectEmpty(database: TestDatabase): Promise<void> {
  expect(
    await database.query(`select relname from pg_class where relnamespace = 'public'::regnamespace`),
  ).toEqual([]);
}

const digestOfCalls = `select count(*)::int as calls, md5(string_agg(c::text, '' order by call_log_id)) as digest from call c`;

test('tables of several parts come back row by row', async () => {
  expect(gunzipSync(backupOfFilled).includes('call/000002.copy')).toBe(true);
  const header = await restoreInto(empty, backupOfFilled);
  expect(header).toMatchObject({ format: 1, ringback: '0.0.1', schema_version: latest });
  expect(await empty.query(digestOfCalls)).toEqual(await filled.query(digestOfCalls));
});

test('a backup states how many rows a table has, also where the database tells it late', async () => {
  const proxy = await DatabaseProxy.start(filled.url);
  onTestFinished(() => proxy.stop());
  const { tables } = await readBackupHeader(Readable.from([backupOfFilled]), latest);
  const calls = tables.find(({ name }) => name === 'call') ?? { name: '', columns: [] };
  const isCopied = proxy.spoil(`copy ${copied(calls)} to stdout`, 'split');
  const tar = gunzipSync(await takeBackup(proxy));
  await isCopied;
  expect(tar.includes('"rows": 20000')).toBe(true);
});

test('a backup of an earlier version that states no rows of a table is restored', async () => {
  const tar = gunzipSync(backupOfFilled);
  tar.write('"rows":     0', tar.indexOf('"rows": 20000'));
  await restoreInto(empty, gzipSync(tar));
  expect(await empty.query(digestOfCalls)).toEqual(await filled.query(digestOfCalls));
});

test('wherever a backup breaks off, it is rejected and nothing is restored', async () => {
  for (let cut = 0; cut < 12; cut += 1) {
    const part = backupOfFilled.subarray(0, Math.floor((backupOfFilled.length * cut) / 12));
    await expect(restoreInto(empty, part), `cut to ${part.length}`).rejects.toThrow('This backup is damaged');
  }
  await expectEmpty(empty);
});

test('an end that is missing is noticed, although the file is a whole archive', async () => {
  const tar = gunzipSync(await takeBackup(await openDatabase()));
  const end = tar.indexOf('checksums.json');
  const cut = Buffer.concat([tar.subarray(0, end), Buffer.alloc(1_024)]);
  await expect(restoreInto(empty, gzipSync(cut))).rejects.toThrow('it breaks off before its end');
  await expectEmpty(empty);
});

test('one letter that changed is noticed, and nothing is restored', async () => {
  const tar = gunzipSync(backupOfFilled);
  const at = tar.indexOf('"a": "b"');
  expect(at).toBeGreaterThan(0);
  tar.write('c', at + 6);
  await expect(restoreInto(empty, gzipSync(tar))).rejects.toThrow('the table call is not what it was');
  await expectEmpty(empty);
});

test('a row that the database rejects leaves it empty', async () => {
  const tar = gunzipSync(backupOfFilled);
  tar.write('nobody..', tar.indexOf('01990000'));
  await expect(restoreInto(empty, gzipSync(tar))).rejects.toThrow('invalid input syntax');
  await expectEmpty(empty);
});

test('a backup of a newer schema is rejected by name', async () => {
  const bytes = await takeBackup(await openDatabase());
  const newer = /newer Ringback \(0\.0\.1\)/;
  await expect(readBackupHeader(Readable.from([bytes]), latest - 1)).rejects.toThrow(newer);
  await expect(restoreBackup(empty.url, Readable.from([bytes]), latest - 1, () => {})).rejects.toThrow(newer);
  await expectEmpty(empty);
});

test.each([
  ['text', Buffer.from('dear')],
  ['an archive of something else', gzipSync(Buffer.alloc(1_024))],
  ['nothing', Buffer.alloc(0)],
])('%s is no backup', async (_what, bytes) => {
  await expect(restoreInto(empty, bytes)).rejects.toThrow(/damaged|no backup/);
});

test('a database that holds anything is left as it is', async () => {
  const migrated = await openDatabase();
  await expect(restoreInto(migrated, backupOfFilled)).rejects.toThrow('is not empty');
  expect(await migrated.query('select count(*)::int as calls from call')).toEqual([{ calls: 0 }]);
  await empty.query('create table letter (dear text)');
  await expect(restoreInto(empty, backupOfFilled)).rejects.toThrow('it has letter');
});

test('a backup of the first schema is restored, and migrated to the newest', async () => {
  const old = await openDatabase({ isEmpty: true });
  const client = new pg.Client({ connectionString: old.url });
  await client.connect();
  await migrateWithin(client, 1);
  await client.end();
  await old.query(insertCalls);
  const bytes = await takeBackup(old);
  expect(await restoreInto(empty, bytes)).toMatchObject({ schema_version: 1 });
  expect(await migrate(empty.url)).toHaveLength(listMigrations().length - 1);
  expect(await empty.query('select count(*)::int as calls, sum(revenue_paid_out) as sum from call')).toEqual(
    await old.query('select count(*)::int as calls, sum(revenue_paid_out) as sum from call'),
  );
});

test('sequences go on behind their last numbers', async () => {
  const source = await openDatabase();
  const names = (
    await source.query(`select sequencename as name from pg_sequences where schemaname = 'public'`)
  ).map(({ name }) => name);
  const next = async (database: TestDatabase) =>
    Promise.all(names.map((name) => database.query('select nextval($1::text)::int as n', [name])));
  await next(source);
  await next(source);
  await restoreInto(empty, await takeBackup(source));
  expect(await next(empty)).toEqual(names.map(() => [{ n: 3 }]));
});

test('every table of the newest schema is in a backup, and none has what a backup leaves out', async () => {
  const database = await openDatabase();
  const { tables } = await readBackupHeader(Readable.from([await takeBackup(database)]), latest);
  const known = await database.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'schema_version'`,
  );
  expect(tables.map(({ name }) => name).sort()).toEqual(known.map(({ name }) => name).sort());
  const others = await database.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')
       and relname not like 'citus\\_%'`,
  );
  expect(others).toEqual([]);
});
