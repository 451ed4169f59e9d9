/** Call events into call records: made, changed while live, completed with their queued updates. */

import type { Call, Changes } from '../../core/calls/call.ts';
import {
  applyCallEvent,
  type CallEvent,
  type CallWithFacts,
  namesOf,
  newCall,
} from '../../core/calls/call-event.ts';
import { type UpdateJson, updateFromJson } from '../../core/updates/update.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { type Db, inTransaction, type Queryable } from '../database/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
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
import { readCall } from './calls.ts';
import { callIdByAnyId, findTakenId, type TakenId, writeChangedIds } from './other-ids.ts';
import { applyQueued } from './queued-updates.ts';

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

export type RecordedEvent = { call: Call; isNew: boolean } | 'unknown_call' | 'too_many_tags' | TakenId;

export const readOneCall = `select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = $2`;
const lockCall = `
select ${callColumns} from call c where c.account_id = $1 and c.call_log_id = ${callIdByAnyId} for no key update of c`;

/** Makes the call; does nothing where another process just made it. */
const insertCall = `
insert into call (account_id, call_log_id, state, ${eventColumns}, ${writtenColumns}, created_at, updated_at)
select $1, n.call_log_id, n.state, ${eventColumns}, ${writtenColumns}, $3, $3
from json_to_recordset($2) as n(call_log_id text, state text, ${eventDefinitions}, ${writtenDefinitions})
on conflict do nothing`;

const writeCall = `
update call c set state = n.state, ${setEventFromN}, ${setFromN}, updated_at = $3
from json_to_recordset($2) as n(call_log_id text, state text, ${eventDefinitions}, ${writtenDefinitions})
where c.account_id = $1 and c.call_log_id = n.call_log_id`;

const insertEvent = `
insert into call_event (account_id, event_id, call_log_id, at, kind, by, changes) values ($1, $2, $3, $4, $5, $6, $7)`;

/** What postbacks and people set or cleared on a call: no late event may undo it. */
const readUpdates = `
select update from postback
where account_id = $1 and call_log_id = $2 and status in ('applied', 'unchanged') and not is_dry_run`;

/** Applies one event under the call's row lock, in one transaction (docs/senders.md#live-calls). */
export async function recordCallEvent(db: Db, received: ReceivedEvent): Promise<RecordedEvent> {
  try {
    return await recordOnce(db, received);
  } catch (error) {
    // Another event took one of its other ids at the same moment: now it is seen.
    if (!isUniqueViolation(error)) throw error;
    return recordOnce(db, received);
  }
}

function recordOnce({ pool }: Db, received: ReceivedEvent): Promise<RecordedEvent> {
  return inTransaction(pool, async (client) => {
    const { accountId, callLogId, event, receivedAt, mayCreate } = received;
    let known = await findAndLock(client, accountId, callLogId);
    if (known === undefined && !mayCreate) return 'unknown_call';
    if (known === undefined) {
      const made = newCall(callLogId, event, receivedAt);
      if (made === 'too_many_tags') return made;
      const takenId = await findTakenId(client, accountId, made.call, made.changes);
      if (takenId !== null) return takenId;
      const { rowCount } = await client.query(insertCall, [accountId, jsonOf(made.call), receivedAt]);
      if (rowCount === 1) {
        await writeChangedIds(client, accountId, made.call, made.changes);
        await logEvents(client, received, 'created', made.changes, made.isCompletedNow);
        return { call: await readLocked(client, accountId, callLogId), isNew: true };
      }
      known = await findAndLock(client, accountId, callLogId);
      if (known === undefined) throw new Error('a call that was just made is gone');
    }
    return applyToLocked(client, known, received);
  });
}

/** Applies an event to a call that is there, in the transaction that locked it. */
export async function applyToLocked(
  client: Queryable,
  known: Call,
  received: ReceivedEvent,
): Promise<RecordedEvent> {
  const { accountId, event, receivedAt } = received;
  const { callLogId } = known;
  const overridden =
    known.state === 'completed' ? await findOverridden(client, accountId, callLogId) : new Set<string>();
  const after = applyCallEvent(known, event, receivedAt, overridden);
  if (after === 'too_many_tags') return after;
  const { call, changes, isCompletedNow } = after;
  if (Object.keys(changes).length > 0) {
    const takenId = await findTakenId(client, accountId, call, changes);
    if (takenId !== null) return takenId;
    await writeChangedIds(client, accountId, call, changes);
    const values = isCompletedNow
      ? await applyQueued(client, accountId, callLogId, call.values, receivedAt)
      : call.values;
    await client.query(writeCall, [accountId, jsonOf({ ...call, values }), receivedAt]);
    await logEvents(client, { ...received, callLogId }, 'changed', changes, isCompletedNow);
  }
  return { call: await readLocked(client, accountId, callLogId), isNew: false };
}

async function findAndLock(
  client: Queryable,
  accountId: string,
  callLogId: string,
): Promise<Call | undefined> {
  const { rows } = await client.query<CallRow>(lockCall, [accountId, callLogId]);
  return rows[0] === undefined ? undefined : callOf(rows[0]);
}

async function readLocked(client: Queryable, accountId: string, callLogId: string): Promise<Call> {
  const call = await readCall(client, accountId, callLogId);
  if (call === null) throw new Error('a call that is locked is gone');
  return call;
}

async function findOverridden(client: Queryable, accountId: string, callLogId: string): Promise<Set<string>> {
  const { rows } = await client.query<{ update: UpdateJson }>(readUpdates, [accountId, callLogId]);
  return new Set(rows.flatMap(({ update }) => namesOf(updateFromJson(update))));
}

/** A completion is an event of its own; what else changed with it stands there too, unless the call is new. */
async function logEvents(
  client: Queryable,
  { accountId, callLogId, by, receivedAt }: ReceivedEvent,
  kind: 'created' | 'changed',
  changes: Changes,
  isCompletedNow: boolean,
): Promise<void> {
  const log = (eventKind: 'created' | 'changed' | 'completed', logged: Changes) =>
    client.query(insertEvent, [
      accountId,
      makeOrderedId(),
      callLogId,
      receivedAt,
      eventKind,
      by,
      JSON.stringify(logged),
    ]);
  const { state, ...others } = changes;
  if (kind === 'created') await log('created', others);
  if (isCompletedNow && state !== undefined) await log('completed', kind === 'created' ? { state } : changes);
  else if (kind === 'changed') await log('changed', changes);
}

function jsonOf({ callLogId, state, facts, values }: CallWithFacts): string {
  return JSON.stringify([{ call_log_id: callLogId, state, ...facts, ...values }]);
}
