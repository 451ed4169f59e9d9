/** The calls of a batch, locked and read for the fold. */
import type { FoldedCall } from '../../core/calls/call.ts';
import { readFoldedCall, valueColumns } from '../calls/call-columns.ts';
import type { Statement } from '../database/round-trip.ts';

const ofTheseIds = 'from call where account_id = $1 and call_log_id = any($2)';

/** Locks the calls in id order, so that two batches that share calls wait for each other and never deadlock. */
export const lockCalls: Statement<FoldedCall> = {
  name: 'lock-calls',
  text: `select ${valueColumns} ${ofTheseIds} order by call_log_id for no key update`,
  readRow: readFoldedCall,
};

/** The same, without those that somebody else holds. */
export const lockFreeCalls: Statement<FoldedCall> = {
  name: 'lock-free-calls',
  text: `${lockCalls.text} skip locked`,
  readRow: readFoldedCall,
};

/** Tells the calls that somebody holds from those that are not there. Locks nothing. */
export const readKnownCalls: Statement<string> = {
  name: 'read-known-calls',
  text: `select call_log_id ${ofTheseIds}`,
  readRow: ([callLogId]) => callLogId ?? '',
};
