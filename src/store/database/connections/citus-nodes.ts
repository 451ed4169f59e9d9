/** What the workers of Citus tell about themselves, for `doctor`. */
import type pg from 'pg';

export type CitusNode = {
  name: string;
  /** null for one that does not answer; settings by name, in PostgreSQL's own units */
  state: { settings: Record<string, string>; clockMs: number } | null;
};

/** The limits are of a session that the coordinator opens there: it has the settings of that database. */
const settingsAsked = [
  ...['fsync', 'full_page_writes', 'synchronous_commit', 'max_prepared_transactions'],
  ...['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'],
];

const readNode = `select json_build_object(
  'clockMs', (extract(epoch from clock_timestamp()) * 1000)::float8,
  'settings', (select json_object_agg(name, setting) from pg_settings where name = any('{${settingsAsked.join()}}')))`;

const readWorkers = `
select nodename || ':' || nodeport as name, success, result
from run_command_on_workers($1) order by name`;

/** Empty where a database has Citus and no workers: the coordinator has all rows. */
export async function listWorkers(pool: pg.Pool): Promise<CitusNode[]> {
  type Row = { name: string; success: boolean; result: string };
  const { rows } = await pool.query<Row>(readWorkers, [readNode]);
  return rows.map(({ name, success, result }) => ({ name, state: success ? JSON.parse(result) : null }));
}
