/**
 * What every session of ours needs. It is set in the session and read back: a pooler such as PgBouncer drops the options of the
 * startup message, and a database or a role may have settings of its own.
 */
import type pg from 'pg';
import { ConnectionFault } from '../failure.ts';

type Settings = Record<string, string>;

/**
 * How values are written and read: instants are parsed as UTC in ISO style, bytes as hex. Nothing but our own limits ends a statement or
 * an idle connection. A process that died without closing its connection must not keep its locks.
 * In the form in which PostgreSQL returns them.
 */
const everySession: Settings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  statement_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '30s',
};

/** How long an operator's request waits, before it is answered 503: its connection is one of few. */
export const readerSession: Settings = { ...everySession, lock_timeout: '3s' };

/**
 * The writer's statements find few rows by key among many. Planned once, for good, and always along an index:
 * a plan made while a table was still empty would scan it when it is large.
 *
 * `lock_timeout`: how long a batch waits for calls that others hold, before it goes on without them. A commit takes milliseconds.
 *
 * `transaction_timeout`: a trip of the writer that arrives in part leaves its transaction neither idle nor in a statement. From 17 on
 * PostgreSQL has a limit on all of a transaction; before, no limit ends it while the server reads, and only the peer's silence does.
 */
export const writerSession: Settings = {
  ...everySession,
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  lock_timeout: '500ms',
  transaction_timeout: '30s',
};

/** For statements that may run for hours. */
export const longSession: Settings = {
  ...everySession,
  idle_in_transaction_session_timeout: '0',
  lock_timeout: '0',
};

/** The peer may be gone behind a network that does not say so. They cannot be read back on a unix socket. */
const keepalives: Settings = {
  tcp_keepalives_idle: '15',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};

/**
 * Citus routes a statement to the shard of its parameters; a plan for all parameters has none. Of the settings of a session, its
 * workers get those alone that are local to a transaction. Only the coordinator is connected to: what changes a small table
 * needs no lock of a worker beside that of the coordinator, where our limits count.
 */
const setUpCitus = `select set_config('plan_cache_mode', 'auto', false), set_config('citus.propagate_set_commands', 'local', false),
  set_config('citus.allow_modifications_from_workers_to_replicated_tables', 'off', false)
  from pg_extension where extname = 'citus'`;

/** Sessions on Citus, with how long they wait for a lock. */
const lockTimeouts = new WeakMap<object, string>();

/**
 * What a transaction of this session begins with on Citus, for its workers: without it, they wait as long as for the writer.
 * @param more a further statement
 */
export function beginOnCitus(client: object, more: string): string {
  const lockTimeout = lockTimeouts.get(client);
  return lockTimeout === undefined ? '' : `; set local lock_timeout = '${lockTimeout}'; ${more}`;
}

type Different = { name: string; wanted: string; actual: string };

/** One round trip. A setting that this server does not have is left out. @throws ConnectionFault naming what is not in effect */
export async function setUpSession(client: pg.ClientBase, settings: Settings): Promise<void> {
  const statements: unknown = await client.query(`
    select set_config(name, value, false) from ${rowsOf({ ...settings, ...keepalives })}
      where current_setting(name, true) is not null;
    select name, value as wanted, current_setting(name, true) as actual from ${rowsOf(settings)}
      where current_setting(name, true) <> value;
    ${setUpCitus}`);
  // The driver's types know of one statement in a text.
  const [, check, citus] = statements as [unknown, pg.QueryResult<Different>, pg.QueryResult];
  if (citus.rows.length > 0) lockTimeouts.set(client, settings['lock_timeout'] ?? '0');
  if (check.rows.length === 0) return;
  const says = check.rows.map(({ name, wanted, actual }) => `${name} is "${actual}" and must be "${wanted}"`);
  throw new ConnectionFault(
    `The database of DATABASE_URL does not keep the settings of a session: ${says.join(', ')}. Let DATABASE_URL name PostgreSQL itself, or a pooler in session mode.`,
  );
}

/** Constants of this file, so that both statements travel as one text. */
function rowsOf(settings: Settings): string {
  const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`);
  return `(values ${rows.join(', ')}) as needed (name, value)`;
}

const rounds = 3;

/**
 * A pooler in transaction or statement mode gives each transaction any server process, so that settings, locks and prepared statements of
 * a session are lost, or are those of another one. Seen by the processes that answer two sessions: each must have one of its own. Each
 * asks twice in a row, so that it is seen in whatever order the pooler hands its connections out.
 * @throws ConnectionFault
 */
export async function rejectSharedSessions(pool: pg.Pool): Promise<void> {
  const clients: pg.PoolClient[] = [];
  try {
    for (let count = 0; count < 2; count++) clients.push(await pool.connect());
    const seen = clients.map(() => new Set<number>());
    for (let round = 0; round < rounds; round++) {
      for (const [at, client] of clients.entries()) {
        for (let time = 0; time < 2; time++) seen[at]?.add(await readProcessId(client));
      }
    }
    const all = new Set(seen.flatMap((ids) => [...ids]));
    if (all.size === clients.length && seen.every(({ size }) => size === 1)) return;
  } finally {
    for (const client of clients) client.release();
  }
  throw new ConnectionFault(
    'DATABASE_URL leads to a connection pooler that gives each transaction or statement another connection, so that settings, locks and prepared statements of a session do not last. Set its pool_mode to session for this database, or let DATABASE_URL name PostgreSQL itself.',
  );
}

async function readProcessId(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}
