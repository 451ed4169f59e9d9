/** What a database server tells about itself, for `doctor`. */
import type pg from 'pg';

export type ServerVersion = { version: string; number: number; isReadOnly: boolean };

export async function readServerVersion(pool: pg.Pool): Promise<ServerVersion | null> {
  const { rows } = await pool.query<{ version: string; number: number; read_only: string }>(`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_setting('transaction_read_only') as read_only`);
  const [row] = rows;
  return row === undefined
    ? null
    : { version: row.version, number: row.number, isReadOnly: row.read_only === 'on' };
}

export async function mayCreateTables(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may_create: boolean | null }>(
    `select has_schema_privilege(current_schema(), 'create') as may_create`,
  );
  return rows[0]?.may_create === true;
}

/** By name; without those that the server does not tell. */
export async function readServerSettings(
  pool: pg.Pool,
  names: string[],
): Promise<{ name: string; setting: string }[]> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1) order by name',
    [names],
  );
  return rows;
}

/** @returns epoch milliseconds */
export async function readServerClock(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  return rows[0]?.ms ?? Number.NaN;
}
