/** The log of deliveries, and replays. */
import type { AttemptJson } from '../../../core/outgoing/attempt.ts';
import type { EventJson } from '../../../core/outgoing/events/event.ts';
import type { EventType } from '../../../core/outgoing/events/event-type.ts';
import { type Actor, recordAct } from '../../access/audit.ts';
import { type Db, inRepeatedTransaction, type Queryable } from '../../database/connections/db.ts';
import { firstIdAt } from '../../database/statements/first-id.ts';
import { type Page, pageOf } from '../../database/statements/page.ts';
import { Where } from '../../database/statements/where.ts';

type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'skipped' | 'superseded' | 'discarded';

export type Delivery = {
  deliveryId: string;
  webhookId: string;
  webhookName: string;
  event: EventJson;
  status: DeliveryStatus;
  attempts: AttemptJson[];
  /** instants */
  createdAt: string;
  finishedAt: string | null;
  /** of a pending one */
  nextAttemptAt: string | null;
};

/** `from` and `to` are instants. */
export type DeliveryFilter = Partial<{
  webhookId: string;
  status: DeliveryStatus;
  event: EventType;
  callLogId: string;
  from: string;
  to: string;
}>;

type DeliveryRow = {
  delivery_id: string;
  webhook_id: string;
  webhook_name: string;
  event: EventJson;
  status: DeliveryStatus;
  attempts: AttemptJson[];
  created_at: string;
  finished_at: string | null;
  next_attempt_at: string | null;
};

/** The name is looked up for each row of the page: a join could be planned from the webhooks, and read the whole log. */
const columns = `d.delivery_id, d.webhook_id,
  (select w.name from outgoing_webhook w where w.account_id = $1 and w.webhook_id = d.webhook_id) as webhook_name,
  d.event, d.status, d.attempts, d.created_at, d.finished_at, d.next_attempt_at`;
const isOfActiveWebhook = `exists (select from outgoing_webhook w
  where w.account_id = $1 and w.webhook_id = d.webhook_id and w.deleted_at is null)`;

/** Newest first. @param before the id that the page before ended with */
export async function listDeliveries(
  { pool }: Db,
  accountId: string,
  { webhookId, status, event, callLogId, from, to }: DeliveryFilter,
  limit: number,
  before: string | null,
): Promise<Page<Delivery>> {
  const where = new Where('d.account_id', accountId);
  where.equal('d.webhook_id', webhookId);
  where.equal('d.status', status);
  where.equal('d.event_type', event);
  where.equal('d.call_log_id', callLogId);
  if (from !== undefined) where.add((p) => `d.delivery_id >= ${p(firstIdAt(from))}`);
  if (to !== undefined) where.add((p) => `d.delivery_id < ${p(firstIdAt(Date.parse(to) + 1))}`);
  if (before !== null) where.add((p) => `d.delivery_id < ${p(before)}`);
  const { rows } = await pool.query<DeliveryRow>(
    `select ${columns} from delivery d where ${where.text} order by d.delivery_id desc limit ${limit + 1}`,
    where.values,
  );
  return pageOf(rows.map(deliveryOf), limit, ({ deliveryId }) => deliveryId);
}

export async function findDelivery(
  { pool }: Db,
  accountId: string,
  deliveryId: string,
): Promise<Delivery | null> {
  return readDelivery(pool, 'd.delivery_id = $2', [accountId, deliveryId]);
}

/** The event as this webhook got it. */
export async function findDelivered(
  client: Queryable,
  accountId: string,
  webhookId: string,
  eventId: string,
): Promise<EventJson | null> {
  const condition = 'd.webhook_id = $2 and d.event_id = $3';
  return (await readDelivery(client, condition, [accountId, webhookId, eventId]))?.event ?? null;
}

async function readDelivery(
  client: Queryable,
  condition: string,
  values: unknown[],
): Promise<Delivery | null> {
  const { rows } = await client.query<DeliveryRow>(
    `select ${columns} from delivery d where d.account_id = $1 and ${condition}`,
    values,
  );
  return rows[0] === undefined ? null : deliveryOf(rows[0]);
}

const makePending = `
update delivery set status = 'pending', attempt_count = 0, next_attempt_at = statement_timestamp(), lease_id = null,
  finished_at = null
where account_id = $1`;
/** What is being sent right now is left alone. */
const isNotBeingSent = `not (status = 'pending' and lease_id is not null and next_attempt_at > statement_timestamp())`;

/** Sends it again, with the same event id. @returns false where there is none, or its webhook is deleted */
export async function replayDelivery(
  { pool }: Db,
  accountId: string,
  deliveryId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return inRepeatedTransaction(pool, async (client) => {
    const delivery = await readDelivery(client, `d.delivery_id = $2 and ${isOfActiveWebhook}`, [
      accountId,
      deliveryId,
    ]);
    if (delivery === null) return false;
    await client.query(`${makePending} and delivery_id = $2 and ${isNotBeingSent}`, [accountId, deliveryId]);
    const target = { id: delivery.webhookId, name: delivery.webhookName };
    const changes = { delivery_id: { from: null, to: deliveryId } };
    await recordAct(client, { accountId, actor, action: 'outgoing_webhook.replayed', target, changes }, now);
    return true;
  });
}

export type ReplayRange = { from: string; to: string; statuses: DeliveryStatus[] };

/** All of a period, in their order. @returns how many; null where there is no such webhook */
export async function replayDeliveries(
  { pool }: Db,
  accountId: string,
  webhookId: string,
  { from, to, statuses }: ReplayRange,
  actor: Actor,
  now: string,
): Promise<number | null> {
  return inRepeatedTransaction(pool, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select name from outgoing_webhook where account_id = $1 and webhook_id = $2 and deleted_at is null',
      [accountId, webhookId],
    );
    if (rows[0] === undefined) return null;
    const { rowCount } = await client.query(
      `${makePending} and webhook_id = $2 and delivery_id >= $3 and delivery_id < $4 and status = any($5)
         and ${isNotBeingSent}`,
      [accountId, webhookId, firstIdAt(from), firstIdAt(Date.parse(to) + 1), statuses],
    );
    const target = { id: webhookId, name: rows[0].name };
    const range = { from, to, status: statuses, replayed: rowCount };
    const changes = { replay: { from: null, to: range } };
    await recordAct(client, { accountId, actor, action: 'outgoing_webhook.replayed', target, changes }, now);
    return rowCount;
  });
}

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    webhookId: row.webhook_id,
    webhookName: row.webhook_name,
    event: row.event,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    nextAttemptAt: row.next_attempt_at,
  };
}
