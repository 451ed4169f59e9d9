/** Call events into call records: made, changed while live, completed with their queued updates. */

import { type Call, type Changes, otherIdsOf } from '../../core/calls/call.ts';
import {
  applyCallEvent,
  type CallEvent,
  type CallWithFacts,
  namesOf,
  newCall,
} from '../../core/calls/call-event.ts';
import { applyLegEvent } from '../../core/calls/leg.ts';
import { type UpdateJson, updateFromJson } from '../../core/updates/update.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { type Db, inTransaction, type Queryable } from '../database/connections/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
import { beginArrival } from '../database/statements/arrival-locks.ts';
import {
  type CallRow,
  callColumns,
  callOf,
  eventColumns,
  eventDefinitions,
  setEventFromN,
  setFromN,
  writtenColumns,
  writtenDefinitions,
} from './call-columns.ts';
import { callIdByAnyId, findTakenId, type TakenId, writeChangedIds } from './other-ids.ts';
import { anyMatched } from './pending/moved-postbacks.ts';
import { applyQueued } from './pending/queued-updates.ts';
import {
  type Arrival,
  anyWaits,
  type RecordedLeg,
  settleWaiting,
  type WaitingLeg,
} from './pending/waiting-postbacks.ts';

export type ReceivedEvent = {
  accountId: string;
  callLogId: string;
  event: CallEvent;
  /** who reports it, for the timeline */
  by: string;
  /** instant */
  receivedAt: string;
  /** an event that may not make the call answers `unknown_call` where there is none */
  mayCreate: boolean;
};

type NotRecorded = 'unknown_call' | 'too_many_tags' | TakenId;
export type RecordedEvent = { callLogId: string; isNew: boolean; changes: Changes } | NotRecorded;
export type RecordedCall = { call: Call; isNew: boolean } | NotRecorded;

export const readOneCall = `select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = $2`;
/**
 * Locks the call that is called by `$2`. One row, also where there is none: whether postbacks wait for an arrival whose locks
 * are held, or may move to it, so that no other one can begin to.
 */
const lockCall = `
select w.has_waiting, c.* from (select ${anyWaits('$3', '$4')} or ${anyMatched('$4')} as has_waiting) w
left join lateral (select ${callColumns} from call c
  where c.account_id = $1 and c.call_log_id = ${callIdByAnyId} for no key update of c) c on true`;

/** Makes the call; does nothing where another process just made it. */
const insertCall = `
insert into call (account_id, call_log_id, state, ${eventColumns}, ${writtenColumns}, created_at, updated_at)
select $1, n.call_log_id, n.state, ${eventColumns}, ${writtenColumns}, $3, $3
from json_to_recordset($2) as n(call_log_id text, state text, ${eventDefinitions}, ${writtenDefinitions})
on conflict do nothing`;

const writeCall = `
update call c set state = n.state, leg_ids = n.leg_ids, leg_facts = n.leg_facts, ${setEventFromN}, ${setFromN}, updated_at = $3
from json_to_recordset($2) as n(call_log_id text, state text, leg_ids text[], leg_facts text[], ${eventDefinitions}, ${writtenDefinitions})
where c.account_id = $1 and c.call_log_id = n.call_log_id`;

const insertEvent = `
insert into call_event (account_id, event_id, call_log_id, at, kind, by, changes)
select $1, n.event_id, $2, $3, n.kind, $4, n.changes
from json_to_recordset($5) as n(event_id uuid, kind text, changes json)
order by n.event_id`;

/** What postbacks and people set or cleared on a call, unless it was undone: no late event may revert it. */
const readUpdates = `
select p.update from postback p
where p.account_id = $1 and p.call_log_id = $2 and p.status in ('applied', 'unchanged') and not p.is_dry_run
  and not exists (select from postback u where u.account_id = $1 and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run)`;

/** Applies one event under the call's row lock, in one transaction (docs/senders.md#live-calls). */
export async function recordCallEvent(db: Db, received: ReceivedEvent): Promise<RecordedCall> {
  const arrival = arrivalOf(received);
  for (;;) {
    const recorded = await recordOnce(db, received, arrival).catch((error: unknown) => {
      // Another event took one of its other ids at the same moment: now it is seen.
      if (isUniqueViolation(error)) return recordOnce(db, received, arrival);
      throw error;
    });
    if (!(recorded instanceof UnlockedArrival)) return recorded;
    arrival.phoneNumbers.push(...recorded.arrival.phoneNumbers); // and all is done again, with these locks
    arrival.callLogIds.push(...recorded.arrival.callLogIds);
  }
}

/** Postbacks may wait for these, whose locks the transaction does not hold: it must be rolled back and repeated. */
export class UnlockedArrival extends Error {
  readonly arrival: Arrival;

  constructor(arrival: Arrival) {
    super('an arrival is not locked');
    this.arrival = arrival;
  }
}

/** What the event itself brings that a postback may wait for. */
export function arrivalOf({ callLogId, event }: ReceivedEvent): Arrival {
  const { phone_number: phoneNumber, other_ids: otherIds } = event.facts;
  return {
    callLogIds: [callLogId, ...(Array.isArray(otherIds) ? otherIds : []), event.legId ?? []].flat(),
    phoneNumbers: typeof phoneNumber === 'string' ? [phoneNumber] : [],
  };
}

async function recordOnce(
  { pool }: Db,
  received: ReceivedEvent,
  arrival: Arrival,
): Promise<RecordedCall | UnlockedArrival> {
  const record = async (client: Queryable) => {
    const recorded = await recordLocked(client, received, arrival);
    if (typeof recorded === 'string' || 'takenId' in recorded) return recorded;
    const { isNew, callLogId } = recorded;
    return { isNew, call: await readLocked(client, received.accountId, callLogId) };
  };
  try {
    return await inTransaction(pool, record, beginArrival(received.accountId, arrival));
  } catch (error) {
    if (error instanceof UnlockedArrival) return error;
    throw error;
  }
}

/**
 * Applies one event in the caller's transaction.
 * @param arrival whose locks the transaction holds
 * @throws UnlockedArrival where postbacks may wait for more than that
 */
export async function recordLocked(
  client: Queryable,
  received: ReceivedEvent,
  arrival: Arrival,
): Promise<RecordedEvent> {
  const { accountId, callLogId, event, receivedAt, mayCreate } = received;
  const own = arrivalOf(received);
  const found = await findAndLock(client, accountId, callLogId, own);
  let { known } = found;
  if (known === undefined && !mayCreate) return 'unknown_call';
  if (known === undefined) {
    const made = newCall(callLogId, event, receivedAt);
    if (made === 'too_many_tags') return made;
    const takenId = await findTakenId(client, accountId, made.call, made.changes);
    if (takenId !== null) return takenId;
    const { rowCount } = await client.query({
      name: 'insert-call', // like the others with a name: planned once on each connection, which costs more than running it
      text: insertCall,
      values: [accountId, jsonOf(made.call), receivedAt],
    });
    if (rowCount === 1) {
      await writeChangedIds(client, accountId, made.call, made.changes);
      await logEvents(client, received, 'created', made.changes, made.isCompletedNow);
      if (found.isWaitedFor) await settle(client, received, own, arrival);
      return { callLogId, isNew: true, changes: made.changes };
    }
    known = (await findAndLock(client, accountId, callLogId, own)).known;
    if (known === undefined) throw new Error('a call that was just made is gone');
  }
  return applyToLocked(client, known, received, arrival);
}

/**
 * Applies an event to a call that is there, in the transaction that locked it.
 * @param arrival whose locks the transaction holds
 * @throws UnlockedArrival where postbacks may wait for more than that
 */
export async function applyToLocked(
  client: Queryable,
  known: Call,
  received: ReceivedEvent,
  arrival: Arrival,
): Promise<RecordedEvent> {
  const { accountId, event, receivedAt } = received;
  const { callLogId } = known;
  if (event.legId !== undefined) return applyLeg(client, known, received, arrival);
  const overridden =
    known.state === 'completed' ? await findOverridden(client, accountId, callLogId) : new Set<string>();
  const after = applyCallEvent(known, event, receivedAt, overridden);
  if (after === 'too_many_tags') return after;
  const { call, changes, isCompletedNow } = after;
  if (Object.keys(changes).length > 0) {
    const phoneNumbers = numbersToSettle(known, changes);
    if (phoneNumbers.some((number) => !arrival.phoneNumbers.includes(number)))
      throw new UnlockedArrival({ callLogIds: [], phoneNumbers });
    const takenId = await findTakenId(client, accountId, call, changes);
    if (takenId !== null) return takenId;
    await writeChangedIds(client, accountId, call, changes);
    const values = isCompletedNow
      ? await applyQueued(client, accountId, callLogId, call.values, receivedAt)
      : call.values;
    await client.query(writeCall, [accountId, jsonOf({ ...call, values }), receivedAt]);
    await logEvents(client, { ...received, callLogId }, 'changed', changes, isCompletedNow);
    const callLogIds = Object.hasOwn(changes, 'other_ids') ? otherIdsOf(call) : [];
    if (callLogIds.length > 0 || phoneNumbers.length > 0)
      await settle(client, received, { callLogIds, phoneNumbers }, arrival);
  }
  return { callLogId, isNew: false, changes };
}

/** Folds an event of a leg into its parent, whose row is locked. */
async function applyLeg(
  client: Queryable,
  parent: Call,
  received: ReceivedEvent,
  arrival: Arrival,
): Promise<RecordedEvent> {
  const { accountId, receivedAt } = received;
  const { callLogId } = parent;
  const { call, changes } = applyLegEvent(parent, received.event);
  if (Object.keys(changes).length > 0) {
    const newIds = Object.hasOwn(changes, 'other_ids') ? call.legIds.slice(-1) : [];
    if (newIds.some((id) => !arrival.callLogIds.includes(id)))
      throw new UnlockedArrival({ callLogIds: newIds, phoneNumbers: [] });
    const takenId = await findTakenId(client, accountId, call, changes);
    if (takenId !== null) return takenId;
    await writeChangedIds(client, accountId, call, changes);
    await client.query(writeCall, [accountId, jsonOf(call), receivedAt]);
    await logEvents(client, { ...received, callLogId }, 'changed', changes, false);
    if (newIds.length > 0) await settle(client, received, { callLogIds: newIds, phoneNumbers: [] }, arrival);
  }
  return { callLogId, isNew: false, changes };
}

/** Settles what waits for an arrival: postbacks, and legs that came before their parent. */
async function settle(
  client: Queryable,
  { accountId, receivedAt }: ReceivedEvent,
  arrived: Arrival,
  locked: Arrival,
): Promise<void> {
  await settleWaiting(client, accountId, arrived, receivedAt, (leg) =>
    recordWaitingLeg(client, accountId, leg, receivedAt, locked),
  );
}

/** Folds a leg that waited into its parent, which is there. @param locked arrivals whose locks the transaction holds */
export async function recordWaitingLeg(
  client: Queryable,
  accountId: string,
  { parentId, by, event }: WaitingLeg,
  receivedAt: string,
  locked: Arrival,
): Promise<RecordedLeg> {
  const leg = { accountId, callLogId: parentId, event, by, receivedAt, mayCreate: false };
  const recorded = await recordLocked(client, leg, locked);
  if (typeof recorded === 'string') throw new Error(`the parent of a leg is there, and then: ${recorded}`);
  return recorded;
}

/** With another number or start, a call may be what a postback waits for, or no longer what makes it ambiguous. */
function numbersToSettle({ facts }: Call, changes: Changes): string[] {
  if (changes['phone_number'] === undefined && changes['started_at'] === undefined) return [];
  const numbers = [facts.phone_number, changes['phone_number']?.to];
  return [...new Set(numbers.filter((number) => typeof number === 'string'))];
}

async function findAndLock(
  client: Queryable,
  accountId: string,
  callLogId: string,
  { callLogIds, phoneNumbers }: Arrival,
): Promise<{ known: Call | undefined; isWaitedFor: boolean }> {
  const values = [accountId, callLogId, callLogIds, phoneNumbers];
  type Row = { has_waiting: boolean; call_log_id: null } | (CallRow & { has_waiting: boolean });
  const { rows } = await client.query<Row>({ name: 'lock-call', text: lockCall, values });
  const [row] = rows;
  if (row === undefined) throw new Error('a look for a call has no row');
  const known = row.call_log_id === null ? undefined : callOf(row);
  return { known, isWaitedFor: row.has_waiting };
}

async function readLocked(client: Queryable, accountId: string, callLogId: string): Promise<Call> {
  const values = [accountId, callLogId];
  const { rows } = await client.query<CallRow>({ name: 'read-one-call', text: readOneCall, values });
  if (rows[0] === undefined) throw new Error('a call that is locked is gone');
  return callOf(rows[0]);
}

async function findOverridden(client: Queryable, accountId: string, callLogId: string): Promise<Set<string>> {
  const { rows } = await client.query<{ update: UpdateJson }>(readUpdates, [accountId, callLogId]);
  return new Set(rows.flatMap(({ update }) => namesOf(updateFromJson(update))));
}

/** A completion is a separate event; it has the other changes too, unless the call is new. */
async function logEvents(
  client: Queryable,
  { accountId, callLogId, by, receivedAt }: ReceivedEvent,
  kind: 'created' | 'changed',
  changes: Changes,
  isCompletedNow: boolean,
): Promise<void> {
  const rows: { event_id: string; kind: string; changes: Changes }[] = [];
  const log = (eventKind: 'created' | 'changed' | 'completed', logged: Changes) =>
    rows.push({ event_id: makeOrderedId(), kind: eventKind, changes: logged });
  const { state, ...others } = changes;
  if (kind === 'created') log('created', others);
  if (isCompletedNow && state !== undefined) log('completed', kind === 'created' ? { state } : changes);
  else if (kind === 'changed') log('changed', changes);
  const values = [accountId, callLogId, receivedAt, by, JSON.stringify(rows)];
  await client.query({ name: 'insert-call-event', text: insertEvent, values });
}

function jsonOf({ callLogId, state, facts, legIds, legFacts, values }: CallWithFacts): string {
  const leg_ids = legIds.length > 0 ? legIds : null;
  const leg_facts = legFacts.length > 0 ? legFacts : null;
  return JSON.stringify([{ call_log_id: callLogId, state, leg_ids, leg_facts, ...facts, ...values }]);
}
