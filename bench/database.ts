/** A fresh embedded PostgreSQL with the product's schema and settings, and the data that is measured on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { hashSecret, makeSecret } from '../src/core/access/secret.ts';
import { createAccount } from '../src/store/access/accounts.ts';
import { closeDb, openDb } from '../src/store/database/connections/db.ts';
import { migrate } from '../src/store/database/migrate.ts';
import { createWebhook } from '../src/store/webhooks/webhooks.ts';
import { startDatabaseServer } from '../test/support/database/database-server.ts';
import type { Contestant } from './contestants.ts';
import { countLogged } from './lean-tables.ts';
import { callLogIdSql } from './payload.ts';

export type BenchDatabase = {
  url: string;
  /** of the server's first process */
  pid: number;
  /** for what the bench itself asks */
  pool: pg.Pool;
  accountId: string;
  stop(): Promise<void>;
};

export type Endpoint = { webhookId: string; authKey: string };

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on('error', () => {}); // a connection that is being closed hears that the database ends
  return pool;
}

/** Makes the database in a temporary folder, which `stop` removes. */
export async function createDatabase(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
  const embedded = await startDatabaseServer(dataDir);
  const pool = openPool(embedded.url);
  const stop = async () => {
    await pool.end();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(embedded.url);
    const tokenHash = hashSecret(makeSecret('rbt'));
    const accountId = await createAccount(pool, 'Bench', tokenHash, new Date().toISOString());
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    return { url: embedded.url, pid, pool, accountId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A separate incoming webhook for each contestant: the log tells their rows apart by it. */
export async function createEndpoint(
  { url, accountId }: Pick<BenchDatabase, 'url' | 'accountId'>,
  name: string,
): Promise<Endpoint> {
  const db = openDb({ connectionString: url }, 1, () => {});
  const authKey = makeSecret('rbk');
  const settings = { name, type: 'update_fields', matchWindowHours: 168, matchRule: 'latest' } as const;
  const now = new Date().toISOString();
  const actor = { name: 'bench', tokenId: null, sourceIp: null };
  const { webhookId } = await createWebhook(db, accountId, settings, hashSecret(authKey), actor, now);
  await closeDb(db);
  return { webhookId, authKey };
}

/** Completed calls of the last 60 days that no postback has reached yet, oldest first. */
const insertCalls = `
insert into call (account_id, call_log_id, state, phone_number, started_at, answered_at, ended_at, duration_seconds,
  end_status, tracking_number, campaign, publisher, buyer, converted, tags, created_at, updated_at)
select $1, ${callLogIdSql}, 'completed', '+1' || (2010000000 + hashtext(n::text)::bigint + 2147483648),
  at, at + interval '4 s', at + seconds * interval '1 s', seconds, 'completed', '+1833555' || lpad((n % 400)::text, 4, '0'),
  'Campaign ' || n % 20, 'Publisher ' || n % 150, 'Buyer ' || n % 40, false,
  jsonb_build_object('source', (array['google', 'bing', 'facebook', 'tv'])[1 + n % 4], 'zip', lpad((n % 90000)::text, 5, '0')), at, at
from (
  select n, 10 + n % 1201 as seconds, now() - interval '60 days' * (1 - n::float8 / $2::int) as at
  from generate_series(1, $2::int) as n
) as made`;

/** Loads the data into the one account of a data folder whose server has stopped. */
export async function loadAccount(dataDir: string, calls: number): Promise<void> {
  const embedded = await startDatabaseServer(dataDir);
  const pool = openPool(embedded.url);
  try {
    const { rows } = await pool.query<{ account_id: string }>('select account_id from account');
    const [account] = rows;
    if (account === undefined) throw new Error(`${dataDir} has no account`);
    await loadCalls({ pool, accountId: account.account_id }, calls);
  } finally {
    await pool.end();
    await embedded.stop();
  }
}

/** Loads the data. Indexes are made after it: the same ones, in half the time. */
export async function loadCalls(
  { pool, accountId }: Pick<BenchDatabase, 'pool' | 'accountId'>,
  calls: number,
): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
       from pg_index where indrelid = 'call'::regclass and not indisprimary`,
    );
    for (const { name } of indexes) await client.query(`drop index ${name}`);
    await client.query(insertCalls, [accountId, calls]);
    await client.query(`set maintenance_work_mem = '512MB'`);
    for (const { definition } of indexes) await client.query(definition);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    client.release(true);
  }
}

/** Settings that decide what a commit is worth, and the version, as the server says them. */
export async function readSettings({ pool }: BenchDatabase): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, current_setting(name) as setting from pg_settings where name in ('server_version', 'fsync',
       'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'wal_sync_method')`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** How many bytes of write-ahead log were ever written. */
export async function readWalBytes({ pool }: BenchDatabase): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(`select pg_current_wal_lsn() - '0/0' as bytes`);
  return Number(rows[0]?.bytes);
}

/**
 * Compares the logs with what was answered since an instant: a row for each 2xx, applied (now and then a call happens
 * to have the values already), and no other.
 * @param log the one that this contestant writes  @throws when it is not so
 */
export async function checkLogs(
  { pool, accountId }: BenchDatabase,
  { webhookId }: Endpoint,
  {
    log,
    accepted,
    runId,
    sinceMs,
  }: { log: Contestant['log']; accepted: number; runId: string; sinceMs: number },
): Promise<void> {
  const { rows } = await pool.query<{ webhook_id: string; outcome: string; count: string }>(
    `select webhook_id, case when status in ('applied', 'unchanged') then 'done' else coalesce(code, status) end as outcome, count(*)
     from postback where account_id = $1 and postback_id >= $2 group by 1, 2`,
    [accountId, firstIdOf(sinceMs)],
  );
  const lean = await countLogged(pool, runId, sinceMs);
  const found = [
    ...rows.map(({ webhook_id, outcome, count }) => `${webhook_id} ${outcome} ${count}`),
    `lean ${lean.ofRun} of ${lean.all}`,
  ].join(', ');
  const isRingback = log === 'ringback' && accepted > 0;
  const inLean = log === 'lean' ? accepted : 0;
  const wanted = `${isRingback ? `${webhookId} done ${accepted}, ` : ''}lean ${inLean} of ${inLean}`;
  if (found !== wanted)
    throw new Error(`after ${runId} the logs hold [${found}] where 2xx answers promised [${wanted}]`);
}

/** The least uuid v7 of a millisecond. */
function firstIdOf(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
