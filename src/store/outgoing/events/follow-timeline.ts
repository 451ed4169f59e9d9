/**
 * A pass over the timeline of an account: reads what was committed since the last one and stores the deliveries, in one
 * transaction with the new place of the cursor. So an event is stored if and only if its commit exists, once, whatever
 * process is killed when. One process at a time does so for an account; the others go on.
 *
 * No commit is missed. The cursor's snapshot tells which transactions are done. Those that it did not see began to write
 * after `safe_at`, which moves on only when every transaction that was open before it has ended; so their rows have an id
 * or a `written_at` behind it, and `readNewRows` looks at both.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, inTransaction, type Queryable } from '../../database/connections/db.ts';
import { classifyFailure, StoreBusy } from '../../database/failure.ts';
import { type OutgoingRow, type OutgoingWebhook, outgoingColumns, outgoingOf } from '../outgoing-rows.ts';
import { storeEvents } from './store-events.ts';
import { type Horizon, readNewRows } from './timeline-rows.ts';

/** A cursor that found nothing new is written at most this often. */
const idleWriteMs = 10_000;
const lockTriesMax = 200;
const lockWaitMs = 20;

type CursorRow = {
  is_ours: boolean;
  snapshot: string;
  safe_at: string;
  mark_at: string;
  mark_xid: number;
  current: string;
  oldest: number;
  newest: number;
  now: string;
  is_foreign: boolean;
};

/** The lock of an account's cursor; a try, because a transaction that waited would read an old snapshot. */
const readCursor = `
select pg_try_advisory_xact_lock(74642227, hashtext(account_id::text)) as is_ours, snapshot, safe_at, mark_at, mark_xid,
  pg_current_snapshot()::text as current, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest, clock_timestamp() as now,
  pg_snapshot_xmax(snapshot::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) as is_foreign
from outgoing_cursor where account_id = $1`;

const writeCursor = `
update outgoing_cursor set snapshot = $2, safe_at = $3, mark_at = $4, mark_xid = $5 where account_id = $1`;

/** One row, also for an account without a cursor. Read from its table, because on Citus each worker counts transactions of its own. */
const readNow = `
select count(*), pg_current_snapshot()::text as current, clock_timestamp() as now,
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest
from outgoing_cursor where account_id = $1`;

/** Everything that is committed already is left out. */
const resetCursor = `
insert into outgoing_cursor (account_id, snapshot, safe_at, mark_at, mark_xid) values ($1, $2, $3, $3, $4)
on conflict (account_id) do update set snapshot = excluded.snapshot, safe_at = excluded.safe_at,
  mark_at = excluded.mark_at, mark_xid = excluded.mark_xid`;

const readWebhooks = `
select ${outgoingColumns} from outgoing_webhook w where w.account_id = $1 and w.deleted_at is null`;

/** No cluster has seen so many transactions. */
const snapshotOfAnother = '9223372036854775807:9223372036854775807:';

/** Of cursors that were restored: what their snapshots saw were transactions of another database, whatever their numbers here. */
export async function forgetSnapshots(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select account_id as id from account');
  for (const { id } of rows)
    await client.query('update outgoing_cursor set snapshot = $2 where account_id = $1', [
      id,
      snapshotOfAnother,
    ]);
}

/** @returns the webhooks that got something, or `busy`: another process is at it */
export async function followTimeline({ pool }: Db, accountId: string): Promise<Set<string> | 'busy'> {
  try {
    return await inTransaction(pool, (client) => pass(client, accountId));
  } catch (error) {
    if (classifyFailure(error) === 'retry') return 'busy';
    throw error;
  }
}

/**
 * Runs `change` in a transaction after everything that was committed before it has been turned into deliveries: a webhook
 * that is made or changed by it gets the events of later commits only.
 */
export async function afterEvents<T>(
  { pool }: Db,
  accountId: string,
  change: (client: Queryable) => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      const result = await inTransaction(pool, async (client) => {
        const passed = await pass(client, accountId);
        return passed === 'busy' ? 'busy' : { done: await change(client) };
      });
      if (result !== 'busy') return result.done;
    } catch (error) {
      if (classifyFailure(error) !== 'retry' || tries >= lockTriesMax) throw error;
    }
    if (tries >= lockTriesMax) throw new StoreBusy('the events of this account are being read for too long');
    await sleep(lockWaitMs);
  }
}

async function pass(client: Queryable, accountId: string): Promise<Set<string> | 'busy'> {
  await client.query('set transaction isolation level repeatable read');
  const { rows } = await client.query<CursorRow>(readCursor, [accountId]);
  const { rows: webhooks } = await client.query<OutgoingRow>(readWebhooks, [accountId]);
  const [cursor] = rows;
  if (cursor === undefined || webhooks.length === 0) {
    await reset(client, accountId);
    return new Set();
  }
  if (!cursor.is_ours) return 'busy';
  const subscribers = webhooks.map(outgoingOf);
  const reached = new Set<string>();
  let isNew = false;
  for (const read of readsOf(cursor, subscribers)) {
    for await (const chunk of readNewRows(client, accountId, read.horizon)) {
      isNew = true;
      const isReread = read.horizon.snapshot === null;
      for (const id of await storeEvents(client, accountId, chunk, read.subscribers, isReread))
        reached.add(id);
    }
  }
  const idleMs = Date.parse(cursor.now) - Date.parse(cursor.mark_at);
  if (isNew || idleMs > idleWriteMs || idleMs < 0) {
    await client.query(writeCursor, [accountId, cursor.current, ...nextMarks(cursor)]);
  }
  return reached;
}

async function reset(client: Queryable, accountId: string): Promise<void> {
  const { rows } = await client.query<Pick<CursorRow, 'current' | 'now' | 'newest'>>(readNow, [accountId]);
  for (const { current, now, newest } of rows)
    await client.query(resetCursor, [accountId, current, now, newest]);
}

type Read = { horizon: Horizon; subscribers: OutgoingWebhook[] };

/**
 * A clock that was set back makes rows that seem older than the cursor: they are looked for from the clock's time on.
 * The snapshot of another cluster tells nothing about what was there when a webhook was created: its time does.
 */
function readsOf({ snapshot, is_foreign, safe_at, now }: CursorRow, subscribers: OutgoingWebhook[]): Read[] {
  const safeAt = safe_at < now ? safe_at : now;
  if (!is_foreign) return [{ horizon: { snapshot, safeAt }, subscribers }];
  return subscribers.map((subscriber) => {
    const isNewer = subscriber.createdAt > safeAt;
    return {
      horizon: { snapshot: null, safeAt: isNewer ? subscriber.createdAt : safeAt },
      subscribers: [subscriber],
    };
  });
}

function nextMarks({
  is_foreign,
  safe_at,
  mark_at,
  mark_xid,
  oldest,
  newest,
  now,
}: CursorRow): [string, string, number] {
  if (is_foreign) return [safe_at, now, newest];
  if (now < mark_at) return [now, now, newest];
  return oldest >= mark_xid ? [mark_at, now, newest] : [safe_at, mark_at, mark_xid];
}
