/** The calls of a batch, locked and read for the fold. */
import type { FoldedCall } from '../../core/calls/call.ts';
import { readFoldedCall, valueColumns } from '../calls/call-columns.ts';
import { notNull, type Statement } from '../database/statements/round-trip.ts';

/** The ids that $2 names: calls' own ones, and those that other ids lead to. */
const namedIds = `any($2::text[] || array(
  select o.call_log_id from call_other_id o where o.account_id = $1 and o.other_id = any($2)))`;

/**
 * Locks the calls in id order, so that two batches that share calls wait for each other and never deadlock. From `call` alone: after a
 * wait, PostgreSQL checks the new version of a row again, and a row that is joined to a list of ids may be lost there.
 */
export const lockCalls: Statement<FoldedCall> = {
  name: 'lock-calls',
  text: `
select ${valueColumns('c')} from call c where c.account_id = $1 and c.call_log_id = ${namedIds}
order by c.call_log_id for no key update of c`,
  readRow: readFoldedCall,
};

/** The same, without those that are locked. */
export const lockFreeCalls: Statement<FoldedCall> = {
  ...lockCalls,
  name: 'lock-free-calls',
  text: `${lockCalls.text} skip locked`,
};

/** Which of the ids are other ids, and the call_log_id that each leads to. */
export const readOtherIds: Statement<[otherId: string, callLogId: string]> = {
  name: 'read-other-ids',
  text: 'select other_id, call_log_id from call_other_id where account_id = $1 and other_id = any($2)',
  readRow: ([otherId, callLogId]) => [notNull(otherId), notNull(callLogId)],
};

/** Tells locked calls from ids that no call has. Locks nothing. */
export const readKnownCalls: Statement<string> = {
  name: 'read-known-calls',
  text: `select c.call_log_id from call c where c.account_id = $1 and c.call_log_id = ${namedIds}`,
  readRow: ([callLogId]) => notNull(callLogId),
};
