/** Kept postbacks that are read again: each row is replaced by its new outcome, in the transaction that applies it. */
import { ignoredOutcome, type Outcome, type Postback } from '../../core/updates/postback.ts';
import { notNull, type Statement } from '../database/statements/round-trip.ts';

/** Of these, the ones that are still kept. The lock lets one run read a postback again, whichever process it is in. */
export const lockKept: Statement<string> = {
  name: 'lock-kept',
  text: `select postback_id from postback
    where account_id = $1 and postback_id = any($2::uuid[]) and status = 'kept' and not is_dry_run
    order by postback_id for update`,
  readRow: ([postbackId]) => notNull(postbackId),
};

/** Makes room for the row that `logPostbacks` writes under the same id. */
export const removeKept: Statement = {
  name: 'remove-kept',
  text: 'delete from postback where account_id = $1 and postback_id = any($2::uuid[])',
};

/** Retention counts from the last replay. */
export const markReplayed: Statement = {
  name: 'mark-replayed',
  text: 'update postback set replayed_at = $3 where account_id = $1 and postback_id = any($2::uuid[])',
};

export function rereadIdsOf(postbacks: Postback[]): string[] {
  return postbacks.filter(({ isReread }) => isReread === true).map(({ postbackId }) => postbackId);
}

/** The postbacks that are read again and may be: of the runs that meet in one batch, the first one has each. */
export function takeRereads(postbacks: Postback[], keptIds: string[]): ReadonlySet<Postback> {
  const left = new Set(keptIds);
  return new Set(
    postbacks.filter(({ isReread, postbackId }) => isReread === true && left.delete(postbackId)),
  );
}

/** Another run has read it, or does: nothing is done twice. */
export function rereadBefore(postback: Postback): Outcome {
  return { ...ignoredOutcome(postback.postbackId), status: 'unchanged', isDuplicate: true };
}
