/** What Citus does with a statement, in the words of its plan. */
import type pg from 'pg';

/** Rows of JSON are read on the coordinator; all have the account of $1, and so one shard. */
export const oneShard =
  /Task Count: 1\b|Citus INSERT \.\.\. SELECT[\s\S]*Function Scan on (?:json_to_recordset|unnest)/;

/** What moves rows between nodes before the statement runs. */
export const severalSteps = /Distributed Subplan/;

export async function readPlan(client: pg.ClientBase, text: string, values: unknown[]): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
