/** Call events into call records: made, changed while live, completed with their queued updates. */

import type pg from 'pg';
import { type Call, type Changes, otherIdsOf } from '../../core/calls/call.ts';
import { applyCallEvent, type CallEvent, newCall } from '../../core/calls/call-event.ts';
import { applyLegEvent } from '../../core/calls/leg.ts';
import { type Db, inTransaction, type Queryable } from '../database/connections/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
import { beginArrival } from '../database/statements/arrival-locks.ts';
import {
  findAndLock,
  findOverridden,
  insertCall,
  jsonOf,
  logEvents,
  readLocked,
  writeCall,
} from './call-event-rows.ts';
import { findTakenId, type TakenId, writeChangedIds } from './other-ids.ts';
import { applyQueued } from './pending/queued-updates.ts';
import {
  type Arrival,
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

/** Applies one event under the call's row lock, in one transaction (docs/senders.md#live-calls). */
export async function recordCallEvent({ pool }: Db, received: ReceivedEvent): Promise<RecordedCall> {
  const { accountId } = received;
  const record = () =>
    inArrival(pool, accountId, arrivalOf(received), async (client, arrival) => {
      const recorded = await recordLocked(client, received, arrival);
      if (typeof recorded === 'string' || 'takenId' in recorded) return recorded;
      const { isNew, callLogId } = recorded;
      return { isNew, call: await readLocked(client, accountId, callLogId) };
    });
  return record().catch((error: unknown) => {
    // Another event took one of its other ids at the same moment: now it is seen.
    if (isUniqueViolation(error)) return record();
    throw error;
  });
}

/** Runs `work` in a transaction that holds the locks of an arrival, and again with more of them where it needs these. */
export async function inArrival<T>(
  pool: pg.Pool,
  accountId: string,
  arrival: Arrival,
  work: (client: Queryable, arrival: Arrival) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await inTransaction(pool, (client) => work(client, arrival), beginArrival(accountId, arrival));
    } catch (error) {
      if (!(error instanceof UnlockedArrival)) throw error;
      arrival.callLogIds.push(...error.arrival.callLogIds);
      arrival.phoneNumbers.push(...error.arrival.phoneNumbers);
    }
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
