/** `migrate --distributed`, as far as it can be seen without Citus. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { listTables } from '../../src/store/maintenance/backup/tables.ts';
import { distributionStatements } from '../../src/store/maintenance/distribute.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runRingback } from '../support/programs/process.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  onTestFinished(() => database.drop());
});

test('a plain PostgreSQL is rejected before anything is changed', async () => {
  const empty = await createTestDatabase({ isEmpty: true });
  onTestFinished(() => empty.drop());
  const { code, stderr } = await runRingback(['migrate', '--distributed'], { DATABASE_URL: empty.url });
  expect(code).toBe(1);
  expect(stderr).toMatch(/plain PostgreSQL without Citus: nothing was changed[\s\S]*docs\/scaling\.md/);
  expect(
    await empty.query(`select relname from pg_class where relnamespace = 'public'::regnamespace`),
  ).toEqual([]);
});

async function readStatements(): Promise<string[]> {
  const client = { query: async (sql: string) => ({ rows: await database.query(sql) }) };
  const tables = await listTables(client as unknown as Parameters<typeof listTables>[0]); // all that it uses
  return distributionStatements(tables.map(({ name }) => name));
}

test('calls, their events and postbacks are spread together by account, all else is on every worker', async () => {
  const statements = await readStatements();
  expect(statements.filter((statement) => statement.includes('create_distributed_table'))).toEqual([
    `select create_distributed_table('call', 'account_id')`,
    `select create_distributed_table('call_event', 'account_id', colocate_with => 'call')`,
    `select create_distributed_table('call_other_id', 'account_id', colocate_with => 'call')`,
    `select create_distributed_table('postback', 'account_id', colocate_with => 'call')`,
    `select create_distributed_table('delivery', 'account_id', colocate_with => 'call')`,
    `select create_distributed_table('outgoing_cursor', 'account_id', colocate_with => 'call')`,
  ]);
  const small = statements.filter((statement) => statement.includes('create_reference_table'));
  expect(small).toContain(`select create_reference_table('account')`);
  expect(small.indexOf(`select create_reference_table('account')`)).toBeLessThan(
    small.indexOf(`select create_reference_table('incoming_webhook')`),
  );
  const [{ tables } = {}] = await database.query(
    `select count(*)::int as tables from pg_tables where schemaname = 'public' and tablename <> 'schema_version'`,
  );
  expect(statements).toHaveLength(Number(tables));
});

test('every key of a table that is spread begins with account_id, and none refers to another table', async () => {
  const keys = await database.query(
    `select i.indexrelid::regclass::text as key, a.attname::text as first from pg_index i
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = any ('{call,call_event,call_other_id,postback,delivery,outgoing_cursor}'::regclass[])`,
  );
  expect(keys.length).toBeGreaterThan(10);
  for (const { key, first } of keys) expect(first, String(key)).toBe('account_id');
  const references = await database.query(
    `select conname from pg_constraint where contype = 'f'
     and (conrelid = any ('{call,call_event,call_other_id,postback,delivery,outgoing_cursor}'::regclass[])
       or confrelid = any ('{call,call_event,call_other_id,postback,delivery,outgoing_cursor}'::regclass[]))`,
  );
  expect(references).toEqual([]);
});
