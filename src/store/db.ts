import type { Socket } from 'node:net';
import pg from 'pg';
import { parseStoredJson } from '../core/json.ts';
import { formatMoney } from '../core/money.ts';

/**
 * Two pools on one database. `pool` serves reads and the operator's changes. `writer` serves the batch writer:
 * its connections send the statements of a transaction without waiting for each one's answer.
 */
export type Db = { pool: pg.Pool; writer: pg.Pool };

export type Queryable = Pick<pg.ClientBase, 'query'>;

const queryTimeoutMs = 15_000;
const connectTimeoutMs = 2_000;

/**
 * The writer's statements find few rows by key among many. Planned once, for good, and always along an index:
 * a plan made while a table was still empty would scan it when it is large.
 */
const writerOptions =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';
/** How long a batch waits for calls that others hold, before it goes on without them. A commit takes milliseconds. */
const writerLockMsMax = 500;
/** How long an operator's request waits, before it is answered 503: its connection is one of few. */
const lockMsMax = 3_000;

/** Instants are read as UTC text; a process that died without a word must not hold its locks. */
const sessionOptions = '-c timezone=UTC -c idle_in_transaction_session_timeout=30s';

/** Opens the pools; connections are made when first used. `onError` hears of idle connections that broke. */
export function openDb(connectionString: string, writersMax: number, onError: (error: Error) => void): Db {
  const shared = {
    connectionString,
    types,
    application_name: 'ringback',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...shared, max: 8, options: `${sessionOptions} -c lock_timeout=${lockMsMax}` });
  const writer = new pg.Pool({
    ...shared,
    max: writersMax,
    idleTimeoutMillis: 0,
    pipeline: true,
    options: `${sessionOptions} ${writerOptions} -c lock_timeout=${writerLockMsMax}`,
  });
  for (const each of [pool, writer]) {
    each.on('error', onError);
    // A connection that breaks while it is in use fails its query, and says so again here: unheard, that ends the process.
    each.on('connect', (client) => client.on('error', () => {}));
  }
  return { pool, writer };
}

export async function closeDb({ pool, writer }: Db): Promise<void> {
  for (const each of [pool, writer]) {
    // `end` does not wait for the server: one that stops right after it cuts connections, and none of them broke.
    each.removeAllListeners('error').on('error', () => {});
  }
  await Promise.all([pool.end(), writer.end()]);
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const parsers: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.TIMESTAMPTZ]: parseInstant,
  [pg.types.builtins.NUMERIC]: formatMoney,
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.JSON]: parseStoredJson,
};

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return parsers[oid] ?? pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig; // pg types the method's overloads one by one

/** `2026-11-23 10:00:00.5+00` → `2026-11-23T10:00:00.500Z`. Ringback stores milliseconds, never less. */
function parseInstant(text: string): string {
  const fraction = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}

/** Sends the queries that `send` makes in one write to the network, where each would make one of its own. */
export function inOneWrite<T>(client: Queryable, send: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection; // pg's types leave it out
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}
