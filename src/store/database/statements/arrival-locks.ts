/**
 * Locks that decide a race: a postback looks for its call and is about to wait, while a transaction creates that call and
 * looks for what waits for it. Both take the lock of the call's id or number before they look, and hold it until their
 * commit, so the second one sees the first. Calls lock exclusively; postbacks share, so that they never delay each other.
 */
import type { Target } from '../../../core/updates/decode/decode.ts';
import { hash32 } from '../../../core/values/hash.ts';
import type { Statement } from './round-trip.ts';

/** Bounds the locks that a transaction can hold: PostgreSQL has room for about 6,400 in all. */
const bucketCount = 128;

/** The first half of an account's lock keys. */
export function accountKeyOf(accountId: string): number {
  return hash32(accountId) | 0;
}

/** The second half, of the call that a postback names. */
export function bucketOf(target: Target): number {
  const name = 'callLogId' in target ? `id ${target.callLogId}` : `number ${target.phoneNumber}`;
  return hash32(name) % bucketCount;
}

/** Each bucket once, in the order in which all transactions lock them. */
export function bucketsOf(targets: Target[]): number[] {
  return [...new Set(targets.map(bucketOf))].sort((a, b) => a - b);
}

/** Locks what is free, waits for nothing, and returns the buckets that are locked. */
export const tryShareArrivals: Statement<number> = {
  name: 'try-share-arrivals',
  text: 'select bucket from unnest($2::int[]) as bucket where pg_try_advisory_xact_lock_shared($1::int, bucket)',
  readRow: ([bucket]) => Number(bucket),
};

/** Waits for all of them. */
export const shareArrivals: Statement<number> = {
  name: 'share-arrivals',
  text: 'select bucket, pg_advisory_xact_lock_shared($1::int, bucket) from unnest($2::int[]) as bucket',
  readRow: ([bucket]) => Number(bucket),
};

/** Begins a transaction that brings calls; one text without parameters, so that it takes one round trip. */
export function beginArrival(
  accountId: string,
  { callLogIds, phoneNumbers }: { callLogIds: string[]; phoneNumbers: string[] },
): string {
  const targets = [
    ...callLogIds.map((callLogId) => ({ callLogId })),
    ...phoneNumbers.map((phoneNumber) => ({ phoneNumber })),
  ];
  const locks = bucketsOf(targets).map(
    (bucket) => `select pg_advisory_xact_lock(${accountKeyOf(accountId)}, ${bucket})`,
  );
  return ['begin', ...locks].join('; ');
}
