/** A postback that undoes another one, made for the operator who asks for it. */

import { notUndoable } from '../../../core/updates/fold/fold-undo.ts';
import type { Outcome, Postback } from '../../../core/updates/postback.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import { emptyTags } from '../../../core/values/tags.ts';
import { instantOfId, makeOrderedId } from '../../../ordered-id.ts';
import type { Store, UndoTarget } from '../../../store/store.ts';
import type { RequestMetadata } from '../../postbacks/postback-lines.ts';
import { recordText } from '../../postbacks/request/recorded-request.ts';
import { type Submission, submitUndo } from '../../postbacks/submit.ts';

/** Who asks for it, and how. */
export type UndoRequest = {
  accountId: string;
  by: string;
  sourceIp: string;
  /** as it was asked for, for the log */
  path: string;
  isDryRun: boolean;
};

type UndoApi = Submission & { store: Pick<Store, 'findUndoTarget'> };

/**
 * Undoes a postback once, no matter how often this is called: further outcomes are that of the first, as a duplicate.
 * @param known the postback, if it has been read already
 * @returns a rejection that is in no log where there is nothing to undo
 */
export async function undoOnce(
  api: UndoApi,
  metadata: RequestMetadata,
  request: UndoRequest,
  postbackId: string,
  known: UndoTarget | null = null,
): Promise<Outcome | Rejection> {
  for (let read = known; ; read = null) {
    const target = read ?? (await api.store.findUndoTarget(request.accountId, postbackId));
    const rejection = target === null ? unknownPostback() : rejectTarget(target);
    if (target === null || rejection !== null) return rejection ?? unknownPostback();
    const outcome = await submitUndo(api, metadata, target.webhookType, toUndo(target, request));
    if (outcome !== 'stale') return outcome;
  }
}

export function toUndo(
  { postbackId, callLogId, webhookId, webhookName }: UndoTarget,
  { accountId, by, sourceIp, path, isDryRun }: UndoRequest,
): Postback {
  const id = makeOrderedId();
  return {
    accountId,
    postbackId: id,
    receivedAt: instantOfId(id),
    sender: { webhookId, webhookName, undoneBy: by },
    sourceIp,
    request: recordText({ method: 'POST', path, query: {}, headers: {}, body: null }),
    target: callLogId === null ? null : { callLogId },
    update: { set: {}, add: emptyTags(), remove: [] },
    transactionId: null,
    isDryRun,
    ignored: [],
    rejection: null,
    undoOf: postbackId,
  };
}

export function unknownPostback(): Rejection {
  return reject('not_found', 'There is no postback with this id in the log.');
}

/** Why there is nothing to undo; null for a postback that may be undone or is undone already. */
function rejectTarget({ status, isDryRun, isUndo, isUndone, webhookType }: UndoTarget): Rejection | null {
  if (isUndone) return null;
  if (isDryRun) return notUndoable('It was a dry run, which changed nothing: there is nothing to undo.');
  if (isUndo)
    return notUndoable('It is an undo itself: change the call by hand, or have the update sent again.');
  if (webhookType === 'calls' && status !== 'waiting')
    return notUndoable('It reported a call, which is a fact: change the call by hand.');
  if (['applied', 'unchanged', 'queued', 'waiting'].includes(status)) return null;
  return notUndoable(`It changed nothing, because it is ${status}: there is nothing to undo.`);
}
