/**
 * Removes what is older than the server is to keep, a few rows at a time. Each step is a separate transaction that
 * walks an index from where the step before ended, waits for no lock that a postback holds, and lets no other process
 * work beside it. What still has to happen is never removed: queued updates, waiting
 * postbacks and live calls.
 */
import { type Db, inTransaction, type Queryable } from '../database/connections/db.ts';
import { classifyFailure } from '../database/failure.ts';
import { firstIdAt } from '../database/statements/first-id.ts';

export type RetentionKind = 'bodies' | 'postbacks' | 'deliveries' | 'calls';

/** Where a step ended, for the next one; opaque to callers. */
export type RetentionCursor = { id: string; at: string | null };

/** `next` is null when nothing older is left. `busy`: another process is at it, or holds one of the rows. */
export type RetentionStep = Done | 'busy';
type Done = { removed: number; next: RetentionCursor | null };

/**
 * Rows of a step, so that it takes about 20 ms: of a million, 500 postbacks went in 5 ms and 100 calls in 14 ms. A body
 * costs more, since its row is written again, with its entries in seven indexes. A call brings along its own rows.
 */
const rowsMax: Record<RetentionKind, number> = {
  bodies: 100,
  postbacks: 500,
  deliveries: 500,
  calls: 100,
};
/** Advisory lock: one process of a database removes at a time. Nothing else in the database locks this number. */
const advisoryLock = 74_642_226;
const noId = '00000000-0000-0000-0000-000000000000';

const readMark = 'select bodies_removed_to as id from retention_mark where account_id = $1';

/** Rejects to wait: a completion that applies queued updates holds these rows, and would wait for ours. */
const lockWithBodies = `
select postback_id as id, null as at from postback
where account_id = $1 and postback_id > $2::uuid and postback_id < $3::uuid
  and (replayed_at is null or replayed_at < $5)
order by postback_id limit $4 for no key update nowait`;

/** What was replayed when its turn came, along postback_replayed: it counts from its last replay. */
const lockReplayedWithBodies = `
select postback_id as id, null as at from postback
where account_id = $1 and replayed_at < $2 and request ->> 'removed' is null and postback_id <= $3::uuid
limit $4 for no key update nowait`;

/** What a request was, without its content: read by a separate statement, for Citus updates no row by such functions. */
const readWithoutBodies = `
select postback_id as id, json_strip_nulls(json_build_object('method', request -> 'method',
  'batch_id', request -> 'batch_id', 'index', request -> 'index',
  'query', json_build_object(), 'headers', json_build_object(), 'removed', true)) as request
from postback where account_id = $1 and postback_id = any($2::uuid[])`;

const removeBodies = `
update postback p set request = n.request from json_to_recordset($2) as n(id uuid, request json)
where p.account_id = $1 and p.postback_id = n.id`;

const writeMark = `
insert into retention_mark (account_id, bodies_removed_to) values ($1, $2)
on conflict (account_id) do update set bodies_removed_to = excluded.bodies_removed_to`;

const lockPostbacks = `
select postback_id as id, null as at from postback
where account_id = $1 and postback_id > $2::uuid and postback_id < $3::uuid
  and (status not in ('queued', 'waiting') or is_dry_run)
  and (replayed_at is null or replayed_at < $5)
order by postback_id limit $4 for update skip locked`;

const deletePostbacks = 'delete from postback where account_id = $1 and postback_id = any($2::uuid[])';

/** What is finished. */
const lockDeliveries = `
select delivery_id as id, null as at from delivery
where account_id = $1 and delivery_id > $2::uuid and delivery_id < $3::uuid and status <> 'pending'
order by delivery_id limit $4 for update skip locked`;

/** But the last of each call and webhook, from which the next event counts on. */
const deleteDeliveries = `
delete from delivery d where d.account_id = $1 and d.delivery_id = any($2::uuid[])
  and (d.call_log_id is null or exists (select from delivery n where n.account_id = $1
    and n.webhook_id = d.webhook_id and n.call_log_id = d.call_log_id and n.sequence > d.sequence))`;

/** Completed and unlocked ones only. */
const lockCalls = `
select call_log_id as id, started_at as at from call
where account_id = $1 and (started_at, call_log_id) > ($5::timestamptz, $2) and started_at < $3::timestamptz
  and state = 'completed'
order by started_at, call_log_id limit $4 for update skip locked`;

/** All that is known of a call goes with it. The rows are locked, and a completed call has no queued updates. */
export const deleteCalls = [
  'delete from postback where account_id = $1 and call_log_id = any($2)',
  'delete from call_event where account_id = $1 and call_log_id = any($2)',
  'delete from call_other_id where account_id = $1 and call_log_id = any($2)',
  'delete from delivery where account_id = $1 and call_log_id = any($2)',
  'delete from call where account_id = $1 and call_log_id = any($2)',
];

/** The accounts whose rows a pass goes through. */
export async function listAccountIds({ pool }: Db): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select account_id as id from account order by account_id',
  );
  return rows.map(({ id }) => id);
}

/** @param olderThan instant: of the receipt of a postback, or the start of a call */
export async function removeOld(
  { pool }: Db,
  kind: RetentionKind,
  accountId: string,
  olderThan: string,
  after: RetentionCursor | null,
): Promise<RetentionStep> {
  try {
    return await inTransaction(pool, async (client) => {
      if (!(await isOurTurn(client))) return 'busy';
      return steps[kind](client, accountId, olderThan, after);
    });
  } catch (error) {
    if (classifyFailure(error) === 'locked') return 'busy';
    throw error;
  }
}

type Step = (
  client: Queryable,
  accountId: string,
  olderThan: string,
  after: RetentionCursor | null,
) => Promise<Done>;

const steps: Record<RetentionKind, Step> = {
  /** Bodies leave their rows behind, so a mark says how far they are gone: a pass does not walk all of them again. */
  bodies: async (client, accountId, olderThan) => {
    const { rows: marks } = await client.query<{ id: string }>(readMark, [accountId]);
    const from = marks[0]?.id ?? noId;
    const due = await lockDue(client, lockWithBodies, [
      accountId,
      from,
      firstIdAt(olderThan),
      rowsMax.bodies,
      olderThan,
    ]);
    const replayed = await lockDue(client, lockReplayedWithBodies, [
      accountId,
      olderThan,
      from,
      rowsMax.bodies,
    ]);
    const { rows: requests } = await client.query(readWithoutBodies, [
      accountId,
      idsOf([...due, ...replayed]),
    ]);
    await client.query(removeBodies, [accountId, JSON.stringify(requests)]);
    const last = due.at(-1);
    if (last !== undefined) await client.query(writeMark, [accountId, last.id]);
    const more = nextOf('bodies', due) ?? nextOf('bodies', replayed);
    return { removed: due.length + replayed.length, next: more };
  },
  postbacks: async (client, accountId, olderThan, after) => {
    const values = [accountId, after?.id ?? noId, firstIdAt(olderThan), rowsMax.postbacks, olderThan];
    const due = await lockDue(client, lockPostbacks, values);
    await client.query(deletePostbacks, [accountId, idsOf(due)]);
    return { removed: due.length, next: nextOf('postbacks', due) };
  },
  deliveries: async (client, accountId, olderThan, after) => {
    const values = [accountId, after?.id ?? noId, firstIdAt(olderThan), rowsMax.deliveries];
    const due = await lockDue(client, lockDeliveries, values);
    const { rowCount } = await client.query(deleteDeliveries, [accountId, idsOf(due)]);
    return { removed: rowCount ?? 0, next: nextOf('deliveries', due) };
  },
  calls: async (client, accountId, olderThan, after) => {
    const values = [accountId, after?.id ?? '', olderThan, rowsMax.calls, after?.at ?? '-infinity'];
    const due = await lockDue(client, lockCalls, values);
    for (const statement of deleteCalls) await client.query(statement, [accountId, idsOf(due)]);
    return { removed: due.length, next: nextOf('calls', due) };
  },
};

/** Where the next step begins; null where this one found less than a step has. */
function nextOf(kind: RetentionKind, due: RetentionCursor[]): RetentionCursor | null {
  return due.length < rowsMax[kind] ? null : (due.at(-1) ?? null);
}

async function isOurTurn(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_xact_lock($1) as ours', [
    advisoryLock,
  ]);
  return rows[0]?.ours === true;
}

async function lockDue(client: Queryable, statement: string, values: unknown[]): Promise<RetentionCursor[]> {
  return (await client.query<RetentionCursor>(statement, values)).rows;
}

function idsOf(due: RetentionCursor[]): string[] {
  return due.map(({ id }) => id);
}
