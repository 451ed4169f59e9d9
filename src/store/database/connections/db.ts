import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CommitLost, isCommitLost, isRaceLost } from '../failure.ts';
import { types } from '../statements/column-types.ts';
import type { Connection } from './connection.ts';
import { beginOnCitus, readerSession, setUpSession, writerSession } from './session.ts';

/**
 * Two pools on one database. `pool` serves reads and the operator's changes. `writer` serves the batch writer: its
 * connections plan for few rows among many, see `round-trip.ts` for how its statements travel.
 */
export type Db = { pool: pg.Pool; writer: pg.Pool };

export type Queryable = Pick<pg.ClientBase, 'query'>;

const queryTimeoutMs = 15_000;
/** To open a connection. The writer tries again, several times, while its senders wait; a reader does not. */
const connectTimeoutMs = { reader: 5_000, writer: 2_000 };
/** For a connection that others use: a burst of callbacks, which platforms never repeat, waits. Shorter than a stop may take. */
const freeTimeoutMs = 8_000;

/** The pool's limit is for both: opening a connection has its own. */
function clientWithin(connectionTimeoutMillis: number) {
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionTimeoutMillis });
    }
  };
}

/** Opens the pools; connections are made when first used. `onError` is called for idle connections that broke. */
export function openDb(
  connection: Pick<Connection, 'connectionString'> & Partial<Connection>,
  writersMax: number,
  onError: (error: Error) => void,
): Db {
  const shared = {
    ...connection,
    types,
    application_name: 'ringback',
    connectionTimeoutMillis: freeTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  };
  // Not `onConnect`: where that fails on a connection that is dead, the pool waits for its end.
  const withSession = (settings: Record<string, string>): pg.PoolConfig => ({
    verify: (client, done) => void setUpSession(client, settings).then(() => done(), done),
  });
  const pool = new pg.Pool({
    ...shared,
    ...withSession(readerSession),
    Client: clientWithin(connectTimeoutMs.reader),
    max: 8,
  });
  const writer = new pg.Pool({
    ...shared,
    ...withSession(writerSession),
    Client: clientWithin(connectTimeoutMs.writer),
    max: writersMax,
    idleTimeoutMillis: 0,
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
 * @param onCitus follows it there
 * @throws CommitLost where the outcome is unknown
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: Queryable) => Promise<T>,
  begin = 'begin',
  onCitus = '',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin + beginOnCitus(client, onCitus));
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

const raceTriesMax = 5;
const racePauseMsMax = 100;

/**
 * The same for a transaction that locks many rows in no certain order: it runs again where it met another one in a
 * deadlock. `work` must do nothing outside of the database.
 */
export async function inRepeatedTransaction<T>(
  pool: pg.Pool,
  work: (client: Queryable) => Promise<T>,
  onCitus = '',
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await inTransaction(pool, work, 'begin', onCitus);
    } catch (error) {
      if (!isRaceLost(error) || tries === raceTriesMax) throw error;
      await sleep(Math.random() * racePauseMsMax);
    }
  }
}

/** Nothing else in the database locks this number. */
const takeTurn = 'select pg_advisory_xact_lock(74642228)';

/**
 * The same for a transaction that changes small tables. On Citus these go one after the other: a statement locks its table
 * there and all tables that this one refers to, until the commit and whatever rows it is about, and an insert locks them less than
 * what may follow it. So two at once could wait for each other.
 */
export function changeSmallTables<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  return inRepeatedTransaction(pool, work, takeTurn);
}
