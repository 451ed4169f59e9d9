/** The calls of a batch, locked and read for the fold. */
import type { FoldedCall } from '../../core/calls/call.ts';
import { readFoldedCall, valueColumns } from '../calls/call-columns.ts';
import { notNull, type Statement } from '../database/statements/round-trip.ts';

/** A call, and the other id that it was named by; null where it was named by its own id. */
export type LockedCall = { call: FoldedCall; otherId: string | null };

/**
 * Every name leads to its call along one of two primary keys: a call's own id, or an other id. A call that is named in
 * several ways comes several times.
 */
const named = `
from (
  select id as call_log_id, null as other_id from unnest($2::text[]) as id
  union all
  select o.call_log_id, o.other_id from call_other_id o where o.account_id = $1 and o.other_id = any($2)
) n
join call c on c.account_id = $1 and c.call_log_id = n.call_log_id`;

/** Locks the calls in id order, so that two batches that share calls wait for each other and never deadlock. */
export const lockCalls: Statement<LockedCall> = {
  name: 'lock-calls',
  text: `select n.other_id, ${valueColumns('c')} ${named} order by c.call_log_id for no key update of c`,
  readRow: ([otherId = null, ...texts]) => ({ call: readFoldedCall(texts), otherId }),
};

/** The same, without those that are locked. */
export const lockFreeCalls: Statement<LockedCall> = {
  ...lockCalls,
  name: 'lock-free-calls',
  text: `${lockCalls.text} skip locked`,
};

/** Tells locked calls from ids that no call has. Locks nothing. */
export const readKnownCalls: Statement<string> = {
  name: 'read-known-calls',
  text: `select coalesce(n.other_id, n.call_log_id) ${named}`,
  readRow: ([name]) => notNull(name),
};

/** The call_log_id that each other id leads to. */
export function otherIdsOf(calls: LockedCall[]): Map<string, string> {
  return new Map(calls.flatMap(({ call, otherId }) => (otherId === null ? [] : [[otherId, call.callLogId]])));
}
