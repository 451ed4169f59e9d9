/**
 * Takes deliveries that are due, for one sender: `skip locked` lets any number of processes do so at once, and a lease
 * keeps what was taken from the others until it ends. The next event of a call is not taken before the one before it is
 * finished.
 */
import { randomUUID } from 'node:crypto';
import type { EventJson } from '../../../core/outgoing/events/event.ts';
import { mergeChanges } from '../../../core/outgoing/events/merge-changes.ts';
import { storableJson } from '../../../core/values/json/json.ts';
import { type Db, inTransaction, type Queryable } from '../../database/connections/db.ts';
import { type OutgoingRow, type OutgoingWebhook, outgoingColumns, outgoingOf } from '../outgoing-rows.ts';
import { secretsColumn } from '../outgoing-webhooks.ts';

export type SendingWebhook = OutgoingWebhook & { accountId: string; secrets: string[]; timeZone: string };

export type ClaimedDelivery = {
  deliveryId: string;
  leaseId: string;
  event: EventJson;
  /** attempts that were made before */
  attemptCount: number;
  /** of a webhook with a limit per minute: how long to wait before it is sent */
  waitMs: number;
};

/** An attempt takes 15 s at most, and then it is recorded. */
const leaseSeconds = 20;
/** How far ahead deliveries are taken that a limit per minute holds back. */
const paceAheadMs = 1_000;

const readSender = `
select ${outgoingColumns}, ${secretsColumn}, w.account_id, a.time_zone,
  extract(epoch from greatest(w.next_send_at - clock_timestamp(), interval '0'))::float8 * 1000 as wait_ms,
  extract(epoch from greatest(w.next_send_at, clock_timestamp()))::float8 * 1000 as free_at_ms
from outgoing_webhook w join account a on a.account_id = w.account_id
where w.account_id = $1 and w.webhook_id = $2 and w.deleted_at is null and not w.is_paused`;

/** In one snapshot with the pause: an attempt that is recorded pauses the webhook in the transaction that makes it due again. */
const lockDue = `
select delivery_id as id, call_log_id from delivery
where account_id = $1 and webhook_id = $2 and status = 'pending' and next_attempt_at <= clock_timestamp()
  and not exists (select from outgoing_webhook w where w.account_id = $1 and w.webhook_id = $2 and w.is_paused)
order by next_attempt_at, delivery_id limit $3 for no key update skip locked`;

/** Citus takes the time only where no row decides what is done with it. */
const clock = `(select statement_timestamp() + interval '${leaseSeconds} seconds' as lease_end,
  statement_timestamp() + interval '1 second' as in_a_second,
  statement_timestamp() + interval '10 minutes' as in_ten_minutes) as clock`;

/**
 * A separate statement after the lock, so that it sees every delivery that was finished before. What waits for an
 * earlier event of its call is looked at again in a second where that one is being sent, else when it is tried again or
 * after ten minutes; finishing that one makes it due at once.
 */
const lease = `
update delivery d set lease_id = case when b.until is null then $4::uuid end,
  next_attempt_at = case when b.until is null then clock.lease_end else b.until end
from (
  select e.delivery_id, (
    select case when f.lease_id is not null then clock.in_a_second
      else least(greatest(f.next_attempt_at, clock.in_a_second), clock.in_ten_minutes) end
    from delivery f
    where f.account_id = $1 and f.webhook_id = $2 and f.call_log_id = e.call_log_id and f.sequence < e.sequence
      and f.status = 'pending' order by f.sequence limit 1) as until
  from delivery e, ${clock}
  where e.account_id = $1 and e.delivery_id = any($3::uuid[]) and e.status = 'pending'
) as b, ${clock}
where d.account_id = $1 and d.delivery_id = b.delivery_id
returning d.delivery_id, b.until is null as is_claimed, d.event, d.attempt_count`;

const pace = `
update outgoing_webhook set next_send_at = to_timestamp($3::float8 / 1000)
where account_id = $1 and webhook_id = $2`;

type SenderRow = OutgoingRow & {
  account_id: string;
  secrets: string[];
  time_zone: string;
  wait_ms: number | null;
  free_at_ms: number;
};
type LeasedRow = { delivery_id: string; is_claimed: boolean; event: EventJson; attempt_count: number };

export type Claim = { webhook: SendingWebhook; deliveries: ClaimedDelivery[]; mayHaveMore: boolean };

/** @returns null where the webhook is paused or gone */
export async function claimDeliveries(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  limit: number,
): Promise<Claim | null> {
  return inTransaction(pool, async (client) => {
    const sender = await readSenderRow(client, accountId, webhookId);
    if (sender === null) return null;
    const webhook = sendingOf(sender);
    const { intervalMs, count } = paceOf(webhook, sender.wait_ms ?? 0, limit);
    if (count === 0) return { webhook, deliveries: [], mayHaveMore: false };
    const due = await client.query<{ id: string; call_log_id: string | null }>(lockDue, [
      accountId,
      webhookId,
      count,
    ]);
    if (due.rows.length === 0) return { webhook, deliveries: [], mayHaveMore: false };
    const calls = due.rows.map(({ call_log_id }) => call_log_id).filter((id) => id !== null);
    if (webhook.order === 'newest')
      await supersedeOlder(client, accountId, webhookId, [...new Set(calls)].sort());
    const leaseId = randomUUID();
    const ids = due.rows.map(({ id }) => id);
    const { rows } = await client.query<LeasedRow>(lease, [accountId, webhookId, ids, leaseId]);
    const claimed = rows.filter(({ is_claimed }) => is_claimed).sort(byId);
    if (intervalMs > 0 && claimed.length > 0)
      await client.query(pace, [accountId, webhookId, sender.free_at_ms + intervalMs * claimed.length]);
    const deliveries = claimed.map((row, at) => ({
      deliveryId: row.delivery_id,
      leaseId,
      event: row.event,
      attemptCount: row.attempt_count,
      waitMs: intervalMs > 0 ? (sender.wait_ms ?? 0) + at * intervalMs : 0,
    }));
    return { webhook, deliveries, mayHaveMore: due.rows.length === count };
  });
}

/** One claim after the other where a limit per minute has to be kept. */
async function readSenderRow(
  client: Queryable,
  accountId: string,
  webhookId: string,
): Promise<SenderRow | null> {
  const { rows } = await client.query<SenderRow>(readSender, [accountId, webhookId]);
  const [row] = rows;
  if (row === undefined || row.max_per_minute === null) return row ?? null;
  const locked = await client.query<SenderRow>(`${readSender} for no key update of w`, [
    accountId,
    webhookId,
  ]);
  return locked.rows[0] ?? null;
}

/** Starts are spread evenly over the minute, so that no 60 seconds have more of them. */
function paceOf(
  { maxPerMinute }: OutgoingWebhook,
  waitMs: number,
  limit: number,
): { intervalMs: number; count: number } {
  if (maxPerMinute === null) return { intervalMs: 0, count: limit };
  const intervalMs = 60_000 / maxPerMinute;
  const count = waitMs > paceAheadMs ? 0 : Math.floor((paceAheadMs - waitMs) / intervalMs) + 1;
  return { intervalMs, count: Math.min(count, limit) };
}

const lockOfCalls = `
select delivery_id, call_log_id, sequence, event,
  lease_id is not null and next_attempt_at > clock_timestamp() as is_being_sent
from delivery where account_id = $1 and webhook_id = $2 and call_log_id = any($3) and status = 'pending'
order by call_log_id, sequence for no key update skip locked`;

/** What was not delivered since the last success: its changes are part of what the newest event tells. */
const readUndelivered = `
select d.call_log_id, d.sequence, d.event from delivery d
where d.account_id = $1 and d.webhook_id = $2 and d.call_log_id = any($3) and d.status not in ('pending', 'delivered')
  and d.sequence > coalesce((select e.sequence from delivery e where e.account_id = $1
    and e.webhook_id = d.webhook_id and e.call_log_id = d.call_log_id and e.status = 'delivered'
    order by e.sequence desc limit 1), 0)
order by d.sequence`;

const supersede = `
update delivery d set status = 'superseded', finished_at = statement_timestamp(), lease_id = null
where d.account_id = $1 and d.delivery_id = any($2::uuid[])`;

const replaceEvents = `
update delivery d set event = n.event, next_attempt_at = statement_timestamp()
from json_to_recordset($2) as n(delivery_id uuid, event json)
where d.account_id = $1 and d.delivery_id = n.delivery_id`;

type WaitingRow = {
  delivery_id: string;
  call_log_id: string;
  sequence: number;
  event: EventJson;
  is_being_sent: boolean;
};

/** Of several events that wait for one call, only the newest is left, with the changes of all of them. */
async function supersedeOlder(
  client: Queryable,
  accountId: string,
  webhookId: string,
  callLogIds: string[],
): Promise<void> {
  const values = [accountId, webhookId, callLogIds];
  const { rows: waiting } = await client.query<WaitingRow>(lockOfCalls, values);
  const { rows: undelivered } = await client.query<Omit<WaitingRow, 'delivery_id'>>(readUndelivered, values);
  const older: string[] = [];
  const newest: { delivery_id: string; event: EventJson }[] = [];
  for (const callLogId of callLogIds) {
    const ofCall = waiting.filter(({ call_log_id }) => call_log_id === callLogId);
    const last = ofCall.at(-1);
    if (last === undefined || ofCall.some(({ is_being_sent }) => is_being_sent)) continue;
    const before = undelivered.filter(
      ({ call_log_id, sequence }) => call_log_id === callLogId && sequence < last.sequence,
    );
    if (ofCall.length === 1 && before.length === 0) continue;
    const inOrder = [...before, ...ofCall].sort((one, other) => one.sequence - other.sequence);
    const changes = mergeChanges(
      inOrder.map(({ event }) => event.changes),
      last.event.call,
    );
    newest.push({ delivery_id: last.delivery_id, event: { ...last.event, changes } });
    older.push(...ofCall.slice(0, -1).map(({ delivery_id }) => delivery_id));
  }
  if (older.length > 0) await client.query(supersede, [accountId, older]);
  if (newest.length > 0) await client.query(replaceEvents, [accountId, storableJson(JSON.stringify(newest))]);
}

function sendingOf(row: SenderRow): SendingWebhook {
  return { ...outgoingOf(row), accountId: row.account_id, secrets: row.secrets, timeZone: row.time_zone };
}

function byId(one: LeasedRow, other: LeasedRow): number {
  return one.delivery_id < other.delivery_id ? -1 : 1;
}
