import pg from 'pg';
import { types } from './column-types.ts';
import { CommitLost, isCommitLost } from './failure.ts';

/**
 * Two pools on one database. `pool` serves reads and the operator's changes. `writer` serves the batch writer: its
 * connections plan for few rows among many, see `round-trip.ts` for how its statements travel.
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

/**
 * Instants are read as UTC text; a process that died without a word must not hold its locks. It may have died between two
 * statements, or behind a network that does not say so.
 */
const sessionOptions =
  '-c timezone=UTC -c idle_in_transaction_session_timeout=30s -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/**
 * A trip of the writer that arrives in part leaves its transaction neither idle nor in a statement. From 17 on PostgreSQL has
 * a limit on all of a transaction; before, no limit ends it while the server reads, and only the peer's silence does.
 */
const limitTransactions = `select set_config('transaction_timeout', '30s', false)
  where current_setting('server_version_num')::int >= 170000`;

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
    options: `${sessionOptions} ${writerOptions} -c lock_timeout=${writerLockMsMax}`,
    // Not `onConnect`: where that fails on a connection that is dead, the pool waits for its end.
    verify: (client, done) => void client.query(limitTransactions).then(() => done(), done),
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

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
 * @param begin begins the transaction; may take locks in the same round trip
 * @throws CommitLost where the outcome is unknown
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: Queryable) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit').catch((error: unknown) => {
      throw isCommitLost(error) ? new CommitLost(error) : error;
    });
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
