import pg from 'pg';
import type { FailureKind } from '../../core/updates/write-mode.ts';

/** A database, or a way to reach it, with which Ringback does not run; the message says what to do. */
export class ConnectionFault extends Error {}

/** Another process has what a request needs, for longer than the request may wait. */
export class StoreBusy extends Error {}

/** A write that failed while its commit may have been under way. */
export class CommitLost extends Error {
  constructor(cause: unknown) {
    super('the connection was lost during the commit', { cause });
  }
}

const deadlockDetected = '40P01';
const serializationFailure = '40001';
const lockNotAvailable = '55P03';
const uniqueViolation = '23505';
/** By an operator, or by a time limit of the database's own. */
const queryCanceled = '57014';
const retried = new Set([deadlockDetected, serializationFailure, uniqueViolation, queryCanceled]);

export function classifyFailure(error: unknown): FailureKind {
  if (error instanceof CommitLost) return 'outcome_unknown';
  if (isConnectionFailure(error)) return 'retry';
  const code = sqlStateOf(error);
  if (code === undefined) return 'bug';
  if (code === lockNotAvailable) return 'locked';
  if (retried.has(code)) return 'retry';
  return code.startsWith('22') || code.startsWith('23') ? 'data' : 'bug';
}

/** True when a request is to be answered 503: the database went away, or another transaction holds what the request needs. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof CommitLost ||
    error instanceof StoreBusy ||
    isConnectionFailure(error) ||
    isRaceLost(error) ||
    sqlStateOf(error) === lockNotAvailable
  );
}

/** True when the transaction was rolled back in favor of another one: run again, it may succeed. */
export function isRaceLost(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code === deadlockDetected || code === serializationFailure;
}

/**
 * True when the database could not be reached, went away, is shutting down, starting up, out of connections or
 * disk, ended a transaction that took too long (25P03, 25P04), or is a standby (25006) to which a failover left us
 * connected: a new connection may find it well.
 */
export function isConnectionFailure(error: unknown): boolean {
  const code = sqlStateOf(error);
  if (code !== undefined) return /^(08|53|57P0|25006|25P03|25P04)/.test(code);
  if (!(error instanceof Error)) return false;
  const errno = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/.test(errno) ||
    driverFailure.test(error.message)
  );
}

/** True when the outcome of a commit is unknown. Out of resources, the database rolls back. */
export function isCommitLost(error: unknown): boolean {
  return isConnectionFailure(error) && sqlStateOf(error)?.startsWith('53') !== true;
}

/** The driver's own failures carry no code. */
const driverFailure =
  /^(Connection terminated|Query read timeout|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Client was closed)/;

/** True when another transaction wrote a row with the same key. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === uniqueViolation;
}

const [internalError, ioError] = ['XX000', '58030'];
/** Citus passes errors of its workers on without their codes: of rows that it copies to them, and of their commits. */
const statesOfWorkers: [message: RegExp, state: string][] = [
  [/^duplicate key value violates unique constraint/, uniqueViolation],
  [/^canceling statement due to lock timeout/, lockNotAvailable],
  [/^canceling statement due to user request/, queryCanceled],
  [/^deadlock detected/, deadlockDetected],
  [/violates (check|not-null) constraint/, '23514'],
  [
    /^(failure on connection marked as essential|failed to (complete COPY|COPY to shard|prepare transaction|read result)|could not (connect to any active placements|find an available connection)|terminating connection)/,
    '08006',
  ],
  [/^could not commit transaction for shard/, '08007'], // transaction_resolution_unknown
];

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  if (error.code !== internalError && error.code !== ioError) return error.code;
  return statesOfWorkers.find(([message]) => message.test(error.message))?.[1] ?? error.code;
}
