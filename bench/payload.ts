/** What every contestant is sent. */
import { hash } from 'node:crypto';

/** The id of the nth call of the data, from 1: text that looks random, as telephony providers' ids do. */
export function callLogIdOf(n: number): string {
  return `CA${hash('md5', String(n))}`;
}

/** The same in SQL, for a column `n`. */
export const callLogIdSql = "'CA' || md5(n::text)";

/** The number of a random call. */
export function drawCall(calls: number): number {
  return Math.floor(Math.random() * calls) + 1;
}

/**
 * JSON text of one postback for the nth call. The amounts differ from request to request: with the same ones
 * again, a contestant that sees that nothing changes would have less to write than one that does not look.
 */
export function makePayload(n: number, transactionId: string): string {
  const cents = Math.floor(Math.random() * 90_000) + 10_000;
  const id = callLogIdOf(n);
  return `{"call_log_id":"${id}","converted":true,"revenue_paid_out":"${amount(cents)}","publisher_paid_out":"${amount(cents >> 1)}","add":{"deal":"won"},"transaction_id":"${transactionId}"}`;
}

function amount(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
