/** The statements that record a call event, and the rows that they read and write. */

import type { Call, Changes } from '../../core/calls/call.ts';
import { type CallWithFacts, namesOf } from '../../core/calls/call-event.ts';
import { type UpdateJson, updateFromJson } from '../../core/updates/update.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import type { Queryable } from '../database/connections/db.ts';
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
import { callIdByAnyId } from './other-ids.ts';
import { anyMatched } from './pending/moved-postbacks.ts';
import { type Arrival, anyWaits } from './pending/waiting-postbacks.ts';

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
export const insertCall = `
insert into call (account_id, call_log_id, state, ${eventColumns}, ${writtenColumns}, created_at, updated_at)
select $1, n.call_log_id, n.state, ${eventColumns}, ${writtenColumns}, $3, $3
from json_to_recordset($2) as n(call_log_id text, state text, ${eventDefinitions}, ${writtenDefinitions})
on conflict do nothing`;

export const writeCall = `
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

export async function findAndLock(
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

export async function readLocked(client: Queryable, accountId: string, callLogId: string): Promise<Call> {
  const values = [accountId, callLogId];
  const { rows } = await client.query<CallRow>({ name: 'read-one-call', text: readOneCall, values });
  if (rows[0] === undefined) throw new Error('a call that is locked is gone');
  return callOf(rows[0]);
}

export async function findOverridden(
  client: Queryable,
  accountId: string,
  callLogId: string,
): Promise<Set<string>> {
  const { rows } = await client.query<{ update: UpdateJson }>(readUpdates, [accountId, callLogId]);
  return new Set(rows.flatMap(({ update }) => namesOf(updateFromJson(update))));
}

/** A completion is a separate event; it has the other changes too, unless the call is new. */
export async function logEvents(
  client: Queryable,
  {
    accountId,
    callLogId,
    by,
    receivedAt,
  }: { accountId: string; callLogId: string; by: string; receivedAt: string },
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

export function jsonOf({ callLogId, state, facts, legIds, legFacts, values }: CallWithFacts): string {
  const leg_ids = legIds.length > 0 ? legIds : null;
  const leg_facts = legFacts.length > 0 ? legFacts : null;
  return JSON.stringify([{ call_log_id: callLogId, state, leg_ids, leg_facts, ...facts, ...values }]);
}
