/** A database or a role has settings of its own, and Ringback runs as if it had none. */
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import {
  countLongWaits,
  createTestDatabase,
  holdLock,
  lockOfCalls,
  testWithTriggers,
} from '../support/database.ts';
import { makeFolder, runRingback } from '../support/programs/process.ts';
import { startTestServerOn, type TestServer } from '../support/server.ts';

const oddSettings = {
  timezone: 'America/New_York',
  datestyle: 'SQL, DMY',
  intervalstyle: 'sql_standard',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
};

/** Citus gives them to its workers, where none of our sessions can set others: doctor warns of them (test/citus/doctor.test.ts). */
const oddLimits = {
  lock_timeout: '1ms',
  statement_timeout: '40ms',
  idle_session_timeout: '5s', // less, and a slow machine reaches it before the session can be set up
  idle_in_transaction_session_timeout: '1ms',
};

/** With sessions of the test's own that have no limit, whatever the database has. */
async function openDatabase(setUp: (name: string) => string[]) {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  const limits = [
    'statement_timeout',
    'lock_timeout',
    'idle_session_timeout',
    'idle_in_transaction_session_timeout',
  ];
  url.searchParams.set('options', limits.map((name) => `-c ${name}=0`).join(' '));
  const unlimited = url.href.replaceAll('+', '%20');
  const pool = new pg.Pool({ connectionString: unlimited, max: 2 });
  pool.on('error', () => {}); // dropping the database ends its sessions
  onTestFinished(async () => {
    await pool.end();
    await database.drop();
  });
  const query: typeof database.query = async (sql, values) => (await pool.query(sql, values)).rows;
  const name = /test_\w+/.exec(database.url)?.[0] ?? '';
  for (const statement of setUp(name)) await query(statement);
  const lock = (sql: string) => holdLock({ ...database, url: unlimited }, sql);
  return { ...database, query, lock };
}

const setOn = (owner: string) =>
  Object.entries({ ...oddSettings, ...(inject('citusWorkers').length === 0 && oddLimits) }).map(
    ([name, value]) => `alter ${owner} set ${name} = '${value}'`,
  );

async function startServer(database: Awaited<ReturnType<typeof openDatabase>>): Promise<TestServer> {
  const server = await startTestServerOn(database, {}, 1);
  onTestFinished(() => server.stop());
  return server;
}

test('times, amounts and locks are right with any settings of the database', async () => {
  const database = await openDatabase((name) => setOn(`database ${name}`));
  const server = await startServer(database);
  const webhook = await server.createWebhook('update_fields', { match_window_hours: 2_160 });
  const startedAt = new Date(Date.now() - 3_600_000).toISOString();
  const call = await server.createCall('C1', { phone_number: '+12135550142', started_at: startedAt });
  expect(call).toMatchObject({ started_at: startedAt, created_at: expect.stringMatching(/Z$/) });
  const convertedAt = new Date(Date.now() - 1_800_000).toISOString();
  const body = {
    phone_number: '213 555 0142',
    call_converted_at: convertedAt,
    revenue_paid_out: '12.5',
    add: { 'back\\slash': "it's" },
  };
  // The row is locked for longer than the lock_timeout and the statement_timeout of the database.
  const lock = await database.lock(await lockOfCalls(database, ['C1']));
  const answer = server.post(webhook, body);
  await expect.poll(() => countLongWaits(database, 120)).toBe(1);
  await lock.release();
  expect(await answer).toMatchObject({
    status: 200,
    json: { status: 'applied', matched_by: 'phone_number' },
  });
  expect(await server.readCall('C1')).toMatchObject({
    started_at: startedAt,
    call_converted_at: convertedAt,
    revenue_paid_out: '12.50',
    tags: { 'back\\slash': "it's" },
  });
});

testWithTriggers('the sessions of the pools have the settings that Ringback needs', async () => {
  const database = await openDatabase((name) => setOn(`database ${name}`));
  await database.query(`create table seen (name text, setting text);
    create function note() returns trigger language plpgsql as $$ begin
      insert into seen select name, setting from pg_settings; return null; end $$;
    create trigger note after insert on call_event execute function note();
    create trigger note after insert on postback execute function note()`);
  const server = await startServer(database);
  const webhook = await server.createWebhook();
  await server.createCall('C1');
  const reader = await readSeen();
  expect(reader).toMatchObject({ ...common, lock_timeout: '3000' });
  await server.post(webhook, { call_log_id: 'C1', reason: 'x' });
  expect(await readSeen()).toMatchObject({ ...common, lock_timeout: '500', enable_seqscan: 'off' });

  async function readSeen() {
    const rows = await database.query('select name, setting from seen');
    await database.query('delete from seen');
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  }
});

const common = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  statement_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '30000',
};

/** A function of the same name comes before PostgreSQL's own, as something between could drop what is set. */
const withoutEffect = (name: string) => [
  `create function public.set_config(text, text, boolean) returns text language sql as 'select $2'`,
  `alter database ${name} set search_path = public, pg_catalog`,
  `alter database ${name} set timezone = 'America/New_York'`,
];

test('settings that have no effect stop the start, with the reason', async () => {
  const { url } = await openDatabase(withoutEffect);
  const settings = { DATABASE_URL: url, DATA_DIR: await makeFolder(), PORT: '0' };
  const { code, stderr } = await runRingback(['start'], settings);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /Ringback cannot start\. The database .* does not keep the settings of a session: TimeZone is "America\/New_York" and must be "UTC"/,
  );
  expect(stderr).toMatch(/lock_timeout is "0" and must be/);
});

test('doctor names settings that have no effect', async () => {
  const { url } = await openDatabase(withoutEffect);
  const settings = { DATABASE_URL: url, DATA_DIR: await makeFolder(), PORT: '0' };
  const { code, stdout } = await runRingback(['doctor'], settings);
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL +database +The database .*TimeZone is "America\/New_York" and must be "UTC"/);
});

test('a migration waits for as long as another process migrates, and has no time limit', async () => {
  const { migrate } = await import('../../src/store/database/migrate.ts');
  const database = await openDatabase((name) => [
    `alter database ${name} set statement_timeout = '50ms'`,
    `alter database ${name} set lock_timeout = '50ms'`,
  ]);
  await database.query(
    'delete from schema_version where version = (select max(version) from schema_version)',
  );
  const lock = await database.lock('select pg_advisory_xact_lock(74642225)');
  const migrating = migrate(database.url).then(
    () => 'migrated',
    (error: Error) => error.message,
  );
  await expect.poll(() => countLongWaits(database, 200)).toBe(1);
  await lock.release();
  // What it migrates is there already, so that the migration itself fails: not its waiting.
  expect(await migrating).toMatch(/already exists|migrated/);
});
