/** Lays the tables out on Citus: what grows is spread over workers by account, what is small is on all of them. */
import pg from 'pg';
import type { Queryable } from '../database/connections/db.ts';
import { writerSession } from '../database/connections/session.ts';
import { listTables } from './backup/tables.ts';

/** They grow with calls and postbacks. Each has account_id in front of every key, so one account is on one worker. */
export const spreadTables = [
  'call',
  'call_event',
  'call_other_id',
  'postback',
  'delivery',
  'outgoing_cursor',
];

/** A database that cannot be distributed; the message says what to do. */
export class NotDistributed extends Error {}

/** @throws NotDistributed on a plain PostgreSQL; nothing is changed */
export async function expectCitus(client: Queryable): Promise<void> {
  if (await hasCitus(client)) return;
  throw new NotDistributed(
    'This is a plain PostgreSQL without Citus: nothing was changed. Leave --distributed out, which is right for one server and its standbys; or set Citus up as docs/scaling.md says and run "create extension citus" in this database first.',
  );
}

/** Distributes what is not distributed yet, one table at a time. @returns the statements that were run */
export async function distribute(client: Queryable): Promise<string[]> {
  await expectCitus(client);
  const statements = [...distributionStatements(await listUndistributed(client)), await limitLocks(client)];
  for (const statement of statements) await client.query(statement);
  return [...statements, ...(await removeCopies(client))];
}

/** Citus copies the rows of a table to its nodes and leaves those that were there, unseen: forever, on the coordinator's disk. */
async function removeCopies(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
     where pg_relation_size(c.oid) > 0 order by relname`,
  );
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => pg.escapeLiteral(name));
  const statements = names.map((name) => `select truncate_local_data_after_distributing_table(${name})`);
  for (const statement of statements) await client.query(statement);
  return statements;
}

/** Workers do not get the settings of our sessions: without a separate limit, they would wait for a locked row forever. */
async function limitLocks(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const name = pg.escapeIdentifier(rows[0]?.name ?? '');
  return `alter database ${name} set lock_timeout = ${pg.escapeLiteral(writerSession['lock_timeout'] ?? '')}`;
}

/** After a migration: on a database that is distributed, the tables that it made are distributed too. */
export async function distributeNew(client: Queryable): Promise<void> {
  if (await isDistributed(client)) await distribute(client);
}

export async function isDistributed(client: Queryable): Promise<boolean> {
  return (await hasCitus(client)) && (await listDistributed(client)).includes('call');
}

/** Tables that are on the coordinator alone, each after those that its foreign keys point at. */
export async function listUndistributed(client: Queryable): Promise<string[]> {
  const done = await listDistributed(client);
  return (await listTables(client)).map(({ name }) => name).filter((name) => !done.includes(name));
}

async function listDistributed(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select relname as name from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid',
  );
  return rows.map(({ name }) => name);
}

async function hasCitus(client: Queryable): Promise<boolean> {
  return (await client.query(`select from pg_extension where extname = 'citus'`)).rows.length > 0;
}

/**
 * Reference tables first: nothing that is spread refers to another table, and small ones refer to each other.
 * @param names each after those that its foreign keys point at
 */
export function distributionStatements(names: string[]): string[] {
  const small = names.filter((name) => !spreadTables.includes(name));
  return [
    ...small.map((name) => `select create_reference_table(${pg.escapeLiteral(name)})`),
    ...spreadTables
      .filter((name) => names.includes(name))
      .map((name) => {
        const beside = name === 'call' ? '' : `, colocate_with => 'call'`;
        return `select create_distributed_table(${pg.escapeLiteral(name)}, 'account_id'${beside})`;
      }),
  ];
}
