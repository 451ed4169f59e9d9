/**
 * The tables that a service written by hand has: a call with the columns of its page, a log of what came, and an index
 * each. Such a service checks nothing: no types of values, no repeats, no live calls, no account.
 */
import type pg from 'pg';

export type LeanPayload = {
  call_log_id: string;
  converted: boolean;
  revenue_paid_out: string;
  publisher_paid_out: string;
  add: Record<string, string>;
  transaction_id: string;
};

const schema = `
create schema lean;
create table lean.call (
  call_log_id text primary key,
  phone_number text,
  started_at timestamptz not null,
  campaign text,
  publisher text,
  buyer text,
  converted boolean not null,
  call_converted_at timestamptz,
  revenue numeric(12, 4),
  payout numeric(12, 4),
  tags jsonb not null
) with (fillfactor = 80);
create table lean.log (
  log_id bigint generated always as identity primary key,
  received_at timestamptz not null,
  call_log_id text not null,
  transaction_id text,
  body json not null
);
insert into lean.call
select call_log_id, phone_number, started_at, campaign, publisher, buyer, converted, call_converted_at,
  revenue_paid_out, publisher_paid_out, tags from call`;

/** With a copy of the calls that are in Ringback's table. */
export async function createLeanTables(client: Pick<pg.Pool, 'query'>): Promise<void> {
  await client.query(schema);
}

export const lockCall = 'select converted, tags from lean.call where call_log_id = $1 for update';
export const changeCall = `update lean.call set converted = $2, call_converted_at = coalesce(call_converted_at, now()),
  revenue = $3, payout = $4, tags = tags || $5 where call_log_id = $1`;
export const logRequest =
  'insert into lean.log (received_at, call_log_id, transaction_id, body) values (now(), $1, $2, $3)';

/** All of it in one statement. */
export const changeAndLog = `
with changed as (${changeCall} returning call_log_id)
insert into lean.log (received_at, call_log_id, transaction_id, body)
select now(), call_log_id, $6, $7 from changed returning log_id`;

/** The values of `changeAndLog`; `body` as it came. */
export function valuesOf(payload: LeanPayload) {
  const { call_log_id, converted, revenue_paid_out, publisher_paid_out, add, transaction_id } = payload;
  return [
    call_log_id,
    converted,
    revenue_paid_out,
    publisher_paid_out,
    add,
    transaction_id,
    payload,
  ] as const;
}

/** How many requests of a run are in the log, by the beginning of their transaction ids, and how many are in it at all. */
export async function countLogged(
  client: Pick<pg.Pool, 'query'>,
  runId: string,
  sinceMs: number,
): Promise<{ ofRun: number; all: number }> {
  const { rows } = await client.query<{ of_run: number; all: number }>(
    `select count(*) filter (where starts_with(transaction_id, $1))::int as of_run, count(*)::int as all
     from lean.log where received_at >= to_timestamp($2 / 1000.0)`,
    [`${runId}-`, sinceMs],
  );
  return { ofRun: rows[0]?.of_run ?? 0, all: rows[0]?.all ?? 0 };
}
