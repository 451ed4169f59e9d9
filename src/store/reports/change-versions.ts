/** Versions that show whether calls or postbacks of an account have changed; writers need not report a change. */
import type pg from 'pg';

/** Two marks that differ tell that something changed between them; they say nothing else. */
export type ChangeVersions = { calls: string; postbacks: string };

/**
 * The latest rows of an account, along the primary keys, as one number each. Ids are made at receipt, and one may be
 * committed behind a greater one: so many rows are looked at that it still is among them. A queued postback that is
 * applied is anywhere in the log, but its call's completion is an event of now.
 * One statement an account, which Citus routes to one shard; about 0.4 ms each. It writes nothing, and costs a postback nothing.
 */
const readMarks = `
select hashtextextended(coalesce(p.of_calls, '') || coalesce(e.ids, ''), 0)::text as calls,
  hashtextextended(coalesce(p.all_of_them, '') || coalesce(e.completed, ''), 0)::text as postbacks
from (
  select string_agg(postback_id || status, ',') as all_of_them,
    string_agg(postback_id || status, ',') filter (where status in ('applied', 'queued') and not is_dry_run) as of_calls
  from (select postback_id, status, is_dry_run from postback
    where account_id = $1 order by postback_id desc limit 200) as latest
) as p
cross join (
  select string_agg(event_id::text, ',') as ids, string_agg(event_id::text, ',') filter (where kind = 'completed') as completed
  from (select event_id, kind from call_event where account_id = $1 order by event_id desc limit 200) as latest
) as e`;

/** The marks of each of these accounts, as they are now. */
export async function readChangeVersions(
  pool: Pick<pg.Pool, 'query'>,
  accountIds: readonly string[],
): Promise<Map<string, ChangeVersions>> {
  const versions = new Map<string, ChangeVersions>();
  // One after the other: readers have few connections.
  for (const accountId of accountIds) {
    const statement = { name: 'read-change-marks', text: readMarks, values: [accountId] };
    const { rows } = await pool.query<ChangeVersions>(statement);
    for (const marks of rows) versions.set(accountId, marks);
  }
  return versions;
}
