/** Turns what was committed into deliveries, one row for each event and outgoing webhook. */
import type { Call } from '../../../core/calls/call.ts';
import { callJsonOf } from '../../../core/calls/call-json.ts';
import { callBefore } from '../../../core/outgoing/events/call-before.ts';
import {
  type EventJson,
  eventsOf,
  type TimelineEvent,
  type TimelineRow,
} from '../../../core/outgoing/events/event.ts';
import { passesFilter } from '../../../core/outgoing/events/event-filter.ts';
import { storableJson } from '../../../core/values/json/json.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import { type CallRow, callColumns, callOf } from '../../calls/call-columns.ts';
import type { Queryable } from '../../database/connections/db.ts';
import type { OutgoingWebhook } from '../outgoing-rows.ts';

type Subscriber = Pick<OutgoingWebhook, 'webhookId' | 'events' | 'filter'>;
type Unsequenced = { webhookId: string; event: Omit<EventJson, 'sequence'>; callLogId: string | null };

/**
 * @param isReread some of the rows may have been turned into deliveries before
 * @returns the webhooks that got something
 */
export async function storeEvents(
  client: Queryable,
  accountId: string,
  rows: TimelineRow[],
  webhooks: Subscriber[],
  isReread: boolean,
): Promise<Set<string>> {
  const events = rows.map((row) => ({
    row,
    events: eventsOf(row).filter(({ type }) => isWanted(type, webhooks)),
  }));
  const wanted = events.filter((each) => each.events.length > 0);
  if (wanted.length === 0) return new Set();
  const calls = await readCalls(
    client,
    accountId,
    wanted.map(({ row }) => row.callLogId),
  );
  const deliveries: Unsequenced[] = [];
  // From the newest back to the oldest: what a call was after each event is what it is now without the later ones.
  for (const each of events.reverse()) {
    const call = each.row.callLogId === null ? undefined : calls.get(each.row.callLogId);
    const json = call === undefined ? null : callJsonOf(call);
    for (const event of each.events.reverse()) deliveries.push(...deliveriesOf(event, json, webhooks));
    if (call !== undefined) calls.set(call.callLogId, callBefore(call, each.row.changes));
  }
  deliveries.reverse();
  return insertDeliveries(
    client,
    accountId,
    isReread ? await withoutStored(client, accountId, deliveries) : deliveries,
  );
}

/** Deliveries that are there already must not count in the sequences. */
async function withoutStored(
  client: Queryable,
  accountId: string,
  deliveries: Unsequenced[],
): Promise<Unsequenced[]> {
  const { rows } = await client.query<{ webhook_id: string; event_id: string }>(
    'select webhook_id, event_id from delivery where account_id = $1 and webhook_id = any($2) and event_id = any($3)',
    [
      accountId,
      [...new Set(deliveries.map((one) => one.webhookId))],
      deliveries.map(({ event }) => event.id),
    ],
  );
  const stored = new Set(rows.map(({ webhook_id, event_id }) => `${webhook_id} ${event_id}`));
  return deliveries.filter(({ webhookId, event }) => !stored.has(`${webhookId} ${event.id}`));
}

/** Events that are no part of the timeline, for everybody who subscribed to them. */
export async function storeOtherEvents(
  client: Queryable,
  accountId: string,
  events: Omit<EventJson, 'sequence' | 'call'>[],
  webhooks: Subscriber[],
): Promise<Set<string>> {
  const deliveries = events.flatMap((event) => deliveriesOf({ ...event, callLogId: null }, null, webhooks));
  return insertDeliveries(client, accountId, deliveries);
}

function isWanted(type: EventJson['type'], webhooks: Subscriber[]): boolean {
  return webhooks.some(({ events }) => events.includes(type));
}

function deliveriesOf(
  { callLogId, ...event }: TimelineEvent,
  call: EventJson['call'],
  webhooks: Subscriber[],
): Unsequenced[] {
  return webhooks
    .filter(({ events, filter }) => events.includes(event.type) && passesFilter({ ...event, call }, filter))
    .map(({ webhookId }) => ({
      webhookId,
      event: { ...event, call },
      callLogId: call === null ? null : callLogId, // a rejected postback may name a call that there is not
    }));
}

async function readCalls(
  client: Queryable,
  accountId: string,
  ids: (string | null)[],
): Promise<Map<string, Call>> {
  const { rows } = await client.query<CallRow>(
    `select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = any($2)`,
    [accountId, [...new Set(ids.filter((id) => id !== null))]],
  );
  return new Map(rows.map((row) => [row.call_log_id, callOf(row)]));
}

/** The last sequence of each call that a webhook had events of. */
const readSequences = `
select n.key, (select d.sequence from delivery d
  where d.account_id = $1 and d.webhook_id = n.webhook_id and d.call_log_id = n.call_log_id
  order by d.sequence desc limit 1) as sequence
from json_to_recordset($2) as n(key text, webhook_id uuid, call_log_id text)`;

/** An event that a webhook has already is left as it is. */
const insertRows = `
insert into delivery (account_id, delivery_id, webhook_id, event_id, event_type, call_log_id, sequence, event, status,
  next_attempt_at)
select $1, delivery_id, webhook_id, event_id, event_type, call_log_id, sequence, event, 'pending', clock_timestamp()
from json_to_recordset($2) as n(delivery_id uuid, webhook_id uuid, event_id text, event_type text, call_log_id text,
  sequence integer, event json)
on conflict do nothing`;

async function insertDeliveries(
  client: Queryable,
  accountId: string,
  deliveries: Unsequenced[],
): Promise<Set<string>> {
  if (deliveries.length === 0) return new Set();
  const keyOf = ({ webhookId, callLogId }: Unsequenced) => `${webhookId} ${callLogId}`;
  const ofCalls = deliveries.filter(({ callLogId }) => callLogId !== null);
  const keys = new Map(
    ofCalls.map((one) => [
      keyOf(one),
      { key: keyOf(one), webhook_id: one.webhookId, call_log_id: one.callLogId },
    ]),
  );
  const { rows: known } = await client.query<{ key: string; sequence: number | null }>(readSequences, [
    accountId,
    storableJson(JSON.stringify([...keys.values()])),
  ]);
  const sequences = new Map(known.map(({ key, sequence }) => [key, sequence ?? 0]));
  const rows = deliveries.map((delivery) => {
    const { webhookId, event, callLogId } = delivery;
    const sequence = callLogId === null ? null : (sequences.get(keyOf(delivery)) ?? 0) + 1;
    if (sequence !== null) sequences.set(keyOf(delivery), sequence);
    const { id, type, at, ...rest } = event;
    return {
      ...{ delivery_id: makeOrderedId(), webhook_id: webhookId, event_id: id, event_type: type },
      ...{ call_log_id: callLogId, sequence, event: { id, type, at, sequence, ...rest } },
    };
  });
  await client.query(insertRows, [accountId, storableJson(JSON.stringify(rows))]);
  return new Set(deliveries.map(({ webhookId }) => webhookId));
}
