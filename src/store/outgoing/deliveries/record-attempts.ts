/** Results of attempts, written together: log, next attempt, health of the webhook. */

import { type AttemptJson, httpGone } from '../../../core/outgoing/attempt.ts';
import { storableJson } from '../../../core/values/json/json.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import { recordAct } from '../../access/audit.ts';
import { type Db, inRepeatedTransaction, type Queryable } from '../../database/connections/db.ts';
import { storeOtherEvents } from '../events/store-events.ts';
import { type OutgoingRow, outgoingColumns, outgoingOf, type PausedReason } from '../outgoing-rows.ts';

export type FinishedAttempt = {
  deliveryId: string;
  leaseId: string;
  /** null where the delivery was skipped without an attempt */
  attempt: AttemptJson | null;
  /** `pending`: it is tried again after `waitMs` */
  status: 'delivered' | 'failed' | 'skipped' | 'pending';
  waitMs: number;
  /** why it was skipped */
  note: string | null;
};

/** A webhook is paused after nothing but failures for this long. */
const failingDaysMax = 5;
/** Replays may add attempts without end; the newest ones are kept. */
const attemptsKept = 50;

/** Citus takes the time only where no row decides what is done with it. */
const clock = `(select statement_timestamp() as now, extract(epoch from statement_timestamp())::float8 as epoch) as clock`;

/** Only the holder of the lease: a process that lost it has been replaced. */
const writeAttempts = `
update delivery d set status = n.status, lease_id = null,
  attempts = case when n.attempt is null then d.attempts
    when jsonb_array_length(d.attempts) >= ${attemptsKept} then (d.attempts - 0) || n.attempt
    else d.attempts || n.attempt end,
  attempt_count = d.attempt_count + case when n.attempt is null then 0 else 1 end,
  next_attempt_at = case when n.status = 'pending' 
    then to_timestamp(clock.epoch + n.wait_ms / 1000) end,
  finished_at = case when n.status <> 'pending' then clock.now end
from json_to_recordset($2) as n(delivery_id uuid, lease_id uuid, status text, attempt jsonb, wait_ms float8), ${clock}
where d.account_id = $1 and d.delivery_id = n.delivery_id and d.lease_id = n.lease_id and d.status = 'pending'
returning d.delivery_id, d.status`;

/**
 * The next event of each call may go at once. One that is looked at right now is waited for, so that it is not put off
 * after this: therefore no condition on when it is due.
 */
const wakeNext = `
update delivery d set next_attempt_at = statement_timestamp()
from (
  select distinct (select f.delivery_id from delivery f
    where f.account_id = $1 and f.webhook_id = $2 and f.call_log_id = e.call_log_id and f.status = 'pending'
    order by f.sequence limit 1) as delivery_id
  from delivery e where e.account_id = $1 and e.delivery_id = any($3::uuid[]) and e.call_log_id is not null
) as n
where d.account_id = $1 and d.delivery_id = n.delivery_id and d.status = 'pending' and d.lease_id is null
  and d.attempt_count = 0`;

/** Only where it makes a difference: a webhook that works is not written. */
const writeHealth = `
update outgoing_webhook set failing_since = case when $3 then null else clock.now end
from ${clock}
where account_id = $1 and webhook_id = $2 and (failing_since is not null) = $3`;

const readFailing = `
select webhook_id from outgoing_webhook
where account_id = $1 and webhook_id = $2 and failing_since < clock_timestamp() - interval '${failingDaysMax} days'`;

const pauseWebhook = `
update outgoing_webhook w set is_paused = true, paused_reason = $3, paused_at = statement_timestamp()
where w.account_id = $1 and w.webhook_id = $2 and not w.is_paused and w.deleted_at is null
returning ${outgoingColumns}`;

/** An attempt whose lease has passed to another process is not recorded, and says nothing about the webhook. */
export async function recordAttempts(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  finished: FinishedAttempt[],
  now: string,
): Promise<void> {
  await inRepeatedTransaction(pool, async (client) => {
    const rows = finished.map(({ deliveryId, leaseId, attempt, status, waitMs, note }) => ({
      ...{ delivery_id: deliveryId, lease_id: leaseId, status, wait_ms: waitMs },
      attempt:
        attempt ?? (note === null ? null : { at: now, ms: 0, status: null, error: note, response: null }),
    }));
    const { rows: written } = await client.query<{ delivery_id: string; status: string }>(writeAttempts, [
      accountId,
      storableJson(JSON.stringify(rows)),
    ]);
    const done = written.filter(({ status }) => status !== 'pending').map(({ delivery_id }) => delivery_id);
    if (done.length > 0) await client.query(wakeNext, [accountId, webhookId, done]);
    const ids = new Set(written.map(({ delivery_id }) => delivery_id));
    const recorded = finished.filter(({ deliveryId }) => ids.has(deliveryId));
    await judge(client, accountId, webhookId, recorded, now);
  });
}

async function judge(
  client: Queryable,
  accountId: string,
  webhookId: string,
  finished: FinishedAttempt[],
  now: string,
): Promise<void> {
  const tried = finished.filter(({ attempt }) => attempt !== null);
  if (tried.length === 0) return;
  const hasSuccess = tried.some(({ status }) => status === 'delivered');
  await client.query(writeHealth, [accountId, webhookId, hasSuccess]);
  if (tried.some(({ attempt }) => attempt?.status === httpGone))
    return pause(client, accountId, webhookId, 'gone', now);
  if (hasSuccess) return;
  const { rows } = await client.query(readFailing, [accountId, webhookId]);
  if (rows.length > 0) await pause(client, accountId, webhookId, 'failing', now);
}

const reasons: Record<Exclude<PausedReason, 'by_hand'>, string> = {
  gone: 'The receiver answered 410 Gone.',
  failing: `Every delivery failed for ${failingDaysMax} days.`,
};

/** Tells the account's other webhooks, in the same transaction. */
async function pause(
  client: Queryable,
  accountId: string,
  webhookId: string,
  reason: keyof typeof reasons,
  now: string,
): Promise<void> {
  const { rows } = await client.query<OutgoingRow>(pauseWebhook, [accountId, webhookId, reason]);
  const [paused] = rows;
  if (paused === undefined) return;
  const { rows: others } = await client.query<OutgoingRow>(
    `select ${outgoingColumns} from outgoing_webhook w
     where w.account_id = $1 and w.webhook_id <> $2 and w.deleted_at is null`,
    [accountId, webhookId],
  );
  const event = {
    id: `evt_${makeOrderedId().replaceAll('-', '')}_disabled`,
    type: 'webhook.disabled' as const,
    at: now,
    changes: { paused: { from: false, to: true } },
    caused_by: { user: 'Ringback' },
    webhook: { id: webhookId, name: paused.name, reason: reasons[reason] },
  };
  await storeOtherEvents(client, accountId, [event], others.map(outgoingOf));
  await recordAct(
    client,
    {
      accountId,
      actor: { name: 'Ringback', tokenId: null, sourceIp: null },
      action: 'outgoing_webhook.disabled',
      target: { id: webhookId, name: paused.name },
      changes: { paused: { from: false, to: true }, paused_reason: { from: null, to: reason } },
    },
    now,
  );
}
