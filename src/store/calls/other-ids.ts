/** The other ids of calls: each belongs to one call of the account, and leads to it (table `call_other_id`). */
import { type Call, type Changes, otherIdsOf } from '../../core/calls/call.ts';
import type { Db, Queryable } from '../database/connections/db.ts';

type CallIds = Pick<Call, 'callLogId' | 'facts' | 'legIds'>;

/** An id that is in use for another call. */
export type TakenId = { takenId: string; callLogId: string };

/** The id of the call that is called by `$2`: its own id, or one of its other ids. Along two primary keys. */
export const callIdByAnyId = `case
  when exists (select from call x where x.account_id = $1 and x.call_log_id = $2) then $2
  else (select o.call_log_id from call_other_id o where o.account_id = $1 and o.other_id = $2) end`;

const findTaken = `
select id as "takenId", coalesce(o.call_log_id, c.call_log_id) as "callLogId"
from unnest($3::text[]) as id
left join call_other_id o on o.account_id = $1 and o.other_id = id
left join call c on c.account_id = $1 and c.call_log_id = id
where coalesce(o.call_log_id, c.call_log_id) <> $2
limit 1`;

const readIds = 'select other_id as id from call_other_id where account_id = $1 and call_log_id = $2';
const deleteIds =
  'delete from call_other_id where account_id = $1 and call_log_id = $2 and other_id = any($3::text[])';

/** Fails (unique_violation) where another transaction takes an id at the same time. Sorted, so that two never deadlock. */
const insertIds = `
insert into call_other_id (account_id, other_id, call_log_id)
select $1, id, $2 from unnest($3::text[]) as id order by id`;

/** An other id that the changes give to a call and that belongs to another call; null where there is none. */
export async function findTakenId(
  client: Queryable,
  accountId: string,
  call: CallIds,
  changes: Changes,
): Promise<TakenId | null> {
  if (!Object.hasOwn(changes, 'other_ids')) return null;
  const { rows } = await client.query<TakenId>(findTaken, [accountId, call.callLogId, otherIdsOf(call)]);
  return rows[0] ?? null;
}

/** Writes the other ids of a call whose row is locked, where they changed. */
export async function writeChangedIds(
  client: Queryable,
  accountId: string,
  call: CallIds,
  changes: Changes,
): Promise<void> {
  if (!Object.hasOwn(changes, 'other_ids')) return;
  const { rows } = await client.query<{ id: string }>(readIds, [accountId, call.callLogId]);
  const [before, after] = [rows.map(({ id }) => id), otherIdsOf(call)];
  const write = async (statement: string, ids: string[]) => {
    if (ids.length > 0) await client.query(statement, [accountId, call.callLogId, ids]);
  };
  await write(
    deleteIds,
    before.filter((id) => !after.includes(id)),
  );
  await write(
    insertIds,
    after.filter((id) => !before.includes(id)),
  );
}

/** Whether any call of the account has another id. */
export async function hasOtherIds({ pool }: Db, accountId: string): Promise<boolean> {
  const text = 'select exists (select from call_other_id where account_id = $1) as found';
  const { rows } = await pool.query<{ found: boolean }>({ name: 'has-other-ids', text, values: [accountId] });
  return rows[0]?.found === true;
}

/** The call_log_id of each of the ids that is an other id of a call. */
export async function findOtherIds(
  { pool }: Db,
  accountId: string,
  ids: string[],
): Promise<Map<string, string>> {
  const text = `
select o.other_id as id, o.call_log_id as "callLogId" from call_other_id o
where o.account_id = $1 and o.other_id = any($2::text[])`;
  const values = [accountId, [...new Set(ids)]];
  const { rows } = await pool.query<{ id: string; callLogId: string }>({
    name: 'find-other-ids',
    text,
    values,
  });
  return new Map(rows.map(({ id, callLogId }) => [id, callLogId]));
}
