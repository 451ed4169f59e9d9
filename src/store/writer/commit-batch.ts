/** The end of a batch: what it changed, its log, and the commit. */
import type pg from 'pg';
import type { FoldedBatch } from '../../core/updates/fold/fold.ts';
import { CommitLost, isCommitLost } from '../database/failure.ts';
import { arrayText, Query, type Statement, sendTogether } from '../database/statements/round-trip.ts';
import { markReplayed, removeKept, rereadIdsOf } from './kept-postbacks.ts';
import { logPostbacks, logQueries, logQueued } from './log-postbacks.ts';
import { cancelPostbacks } from './read-undo.ts';
import { writeCalls } from './write-calls.ts';

const commitTransaction: Statement = { name: 'commit', text: 'commit' };

export const commitStatements = [
  ...[writeCalls, cancelPostbacks, removeKept, logPostbacks, logQueued, markReplayed, commitTransaction],
];

/** Calls, log and commit travel together; from then on a lost connection leaves the outcome unknown. */
export async function commitBatch(
  client: pg.ClientBase,
  accountId: string,
  { changedCalls, decided, canceled }: Pick<FoldedBatch, 'changedCalls' | 'decided' | 'canceled'>,
  now: string,
): Promise<void> {
  const calls = Array.from(changedCalls, ([call_log_id, values]) => ({ call_log_id, ...values }));
  const rereads = rereadIdsOf(decided.map(({ postback }) => postback));
  const rereadText = arrayText(rereads);
  const writes = [
    ...(calls.length > 0 ? [new Query(writeCalls, [accountId, JSON.stringify(calls), now])] : []),
    ...(canceled.length > 0 ? [new Query(cancelPostbacks, [accountId, arrayText(canceled)])] : []),
    ...(rereads.length > 0 ? [new Query(removeKept, [accountId, rereadText])] : []),
    ...logQueries(accountId, decided, now),
    ...(rereads.length > 0 ? [new Query(markReplayed, [accountId, rereadText, now])] : []),
  ];
  const committing = new Query(commitTransaction);
  await sendTogether(client, [...writes, committing]).catch((error: unknown) => {
    throw isCommitLost(error) ? new CommitLost(error) : error;
  });
  const written = writes.reduce((sum, { count }) => sum + count, 0);
  const expected = calls.length + canceled.length + decided.length + 2 * rereads.length;
  if (committing.outcome !== 'COMMIT' || written !== expected) {
    throw new Error(`a batch wrote ${written} rows instead of ${expected}`);
  }
}
