/** What an undo needs to know of the postbacks that it undoes and of their calls. Nothing of this is read for other batches. */
import type pg from 'pg';
import { type BatchState, isCorrecting, priorKeyOf } from '../../core/updates/fold/fold.ts';
import type { UndoablePostback, UndoState } from '../../core/updates/fold/fold-undo.ts';
import type { Repeats } from '../../core/updates/fold/repeats.ts';
import { type PastChange, sumsOf } from '../../core/updates/fold/undo.ts';
import type { Postback, PostbackStatus } from '../../core/updates/postback.ts';
import type { UpdateJson } from '../../core/updates/update.ts';
import { parseStoredJson } from '../../core/values/json/json.ts';
import { parseColumn } from '../database/statements/column-types.ts';
import {
  arrayText,
  notNull,
  Query,
  type RowTexts,
  type Statement,
  sendTogether,
} from '../database/statements/round-trip.ts';
import { lockCalls, lockFreeCalls, readKnownCalls } from './lock-calls.ts';
import { answerColumnsOf, readAnswered } from './prior-postbacks.ts';

/** Which postbacks of a batch undo others; `ids` are those of the others that are in the log. */
type UndoPlan = { postbacks: Postback[]; ids: Set<string> };

/** @returns null for a batch that undoes nothing, which costs it no statement */
function planUndo(postbacks: Postback[], state: BatchState): UndoPlan | null {
  const plan: UndoPlan = { postbacks: [], ids: new Set() };
  const keys = new Set<string>();
  for (const postback of postbacks) {
    if (postback.undoOf !== undefined) plan.ids.add(postback.undoOf);
    const key = isCorrecting(postback) && postback.rejection === null ? priorKeyOf(postback) : null;
    const prior = key === null ? undefined : state.prior.get(key);
    const isSecond = key !== null && keys.has(key);
    if (key !== null) keys.add(key);
    if (prior !== undefined) plan.ids.add(prior.outcome.postbackId);
    if (postback.undoOf !== undefined || prior !== undefined || isSecond) plan.postbacks.push(postback);
  }
  return plan.postbacks.length > 0 ? plan : null;
}

/**
 * Reads what the batch needs to undo postbacks, and locks the calls of these that are not locked yet: those that are free, or
 * all where the batch is atomic.
 * @returns null for a batch that undoes nothing; `locked`: calls that another transaction holds
 */
export async function readUndoState(
  client: pg.ClientBase,
  accountId: string,
  postbacks: Postback[],
  state: BatchState,
  isAtomic: boolean,
): Promise<{ undo: UndoState; locked: Set<string> } | null> {
  const plan = planUndo(postbacks, state);
  if (plan === null) return null;
  const undoable = new Query(lockUndoable, [accountId, arrayText(plan.ids)]);
  await sendTogether(client, [undoable]);
  const callIds = new Set(undoable.rows.map(({ callLogId }) => callLogId).filter((id) => id !== null));
  for (const { target, postbackId } of plan.postbacks) {
    const matched = state.matches.get(postbackId)?.callLogId ?? null;
    const id = target !== null && 'callLogId' in target ? target.callLogId : matched;
    if (id !== null) callIds.add(state.otherIds.get(id) ?? id);
  }
  const others = [...callIds].filter((id) => !state.calls.has(id));
  const calls = new Query(isAtomic ? lockCalls : lockFreeCalls, [accountId, arrayText(others)]);
  const known = new Query(readKnownCalls, [accountId, arrayText(others)]);
  const histories = new Query(readHistories, [accountId, arrayText(callIds)]);
  await sendTogether(client, [...(others.length > 0 ? [calls, known] : []), histories]);
  for (const call of calls.rows) state.calls.set(call.callLogId, call);
  const byCall = historiesOf(histories.rows);
  for (const id of callIds) if (!byCall.has(id)) byCall.set(id, []);
  return {
    undo: { undoable: new Map(undoable.rows.map((row) => [row.postbackId, row])), histories: byCall },
    locked: new Set(known.rows.filter((id) => !state.calls.has(id))),
  };
}

/** Locks the postbacks, in id order: none of them is applied, canceled or undone by others until the commit. */
export const lockUndoable: Statement<UndoablePostback> = {
  name: 'lock-undoable',
  text: `
select p.status, p.call_log_id, p.undo_of is not null and p.correction = 0, ${answerColumnsOf('u')}, p.postback_id
from postback p
left join postback u on u.account_id = $1 and u.undo_of = p.postback_id
  and u.first_status <> 'rejected' and not u.is_dry_run
where p.account_id = $1 and p.postback_id = any($2::uuid[])
order by p.postback_id for no key update of p`,
  readRow: (texts) => {
    const [status, callLogId, isUndo, ...undo] = texts;
    return {
      postbackId: notNull(texts.at(-1)),
      status: status as PostbackStatus, // a word of our own
      callLogId: callLogId ?? null,
      isUndo: isUndo === 't',
      undoneBy: undo[0] == null ? null : readAnswered(undo).outcome,
    };
  },
};

/** A row of `readHistories`, where the driver reads it. */
export type HistoryRow = {
  call_log_id: string;
  id: string;
  is_postback: boolean;
  by: string;
  /** instant */
  at: string;
  changes: PastChange['changes'] | null;
  update: UpdateJson | null;
  repeats: Repeats | null;
  undo_of: string | null;
  is_correction: boolean;
};

/**
 * All changes of these calls, oldest first; must run under the calls' locks. Along the indexes by call. What a postback did that
 * went to another call is undone by the event that took it back.
 */
export const readHistories: Statement<{ callLogId: string; change: PastChange }> = {
  name: 'read-histories',
  text: `
select call_log_id, id, is_postback, by, at, changes, update, repeats, undo_of, is_correction from (
  select p.call_log_id, p.postback_id::text as id, p.webhook_id is not null as is_postback, p.applied_at as at, 1 as place,
    p.queue_position, p.changes, p.update, p.repeats, p.undo_of::text, p.correction > 0 as is_correction,
    coalesce((select w.name from incoming_webhook w where w.account_id = $1 and w.webhook_id = p.webhook_id),
      p.changed_by, '') as by
  from postback p
  where p.account_id = $1 and p.call_log_id = any($2) and not p.is_dry_run and p.update -> 'event' is null
    and (p.status = 'applied' or (p.status = 'unchanged' and p.undo_of is not null))
  union all
  select e.call_log_id, e.event_id::text, false, e.at, 0, null, e.changes, null, null,
    case when e.moved_postback is not null then e.event_id || '+' end, false, e.by
  from call_event e where e.account_id = $1 and e.call_log_id = any($2)
  union all
  select e.call_log_id, e.event_id || '+', true, e.moved_at, 1,
    (select p.queue_position from postback p where p.account_id = $1 and p.postback_id = e.moved_postback), e.moved_changes, null, null, null, false, e.by
  from call_event e where e.account_id = $1 and e.call_log_id = any($2) and e.moved_postback is not null
) as history
order by call_log_id, at, place, queue_position nulls first, id`,
  readRow: readPastChange,
};

function readPastChange(texts: RowTexts): { callLogId: string; change: PastChange } {
  const [callLogId, id, isPostback, by, at, changes, update, repeats, undoOf, isCorrection] = texts;
  // JSON of our own, as it was written.
  const parse = <T>(text: string | null | undefined, none: T) =>
    text == null ? none : (parseStoredJson(text) as T);
  return {
    callLogId: notNull(callLogId),
    change: {
      id: notNull(id),
      isPostback: isPostback === 't',
      by: notNull(by),
      at: String(parseColumn.timestamptz(at ?? '')),
      changes: parse<PastChange['changes']>(changes, {}),
      sums: sumsOf(parse<UpdateJson>(update, {}), parse<Repeats | null>(repeats, null)),
      undoOf: undoOf ?? null,
      isCorrection: isCorrection === 't',
    },
  };
}

/** The rows by call. */
function historiesOf(rows: { callLogId: string; change: PastChange }[]): Map<string, PastChange[]> {
  const histories = new Map<string, PastChange[]>();
  for (const { callLogId, change } of rows) {
    const history = histories.get(callLogId);
    if (history === undefined) histories.set(callLogId, [change]);
    else history.push(change);
  }
  return histories;
}

/** Cancels what has not been applied yet: it is never applied after this. The rows are locked. */
export const cancelPostbacks: Statement = {
  name: 'cancel-postbacks',
  text: `
update postback set status = 'rejected', written_at = statement_timestamp(), code = 'canceled', detail = 'It was undone before it was applied.'
where account_id = $1 and postback_id = any($2::uuid[]) and status in ('queued', 'waiting')`,
};
