/**
 * Postbacks that were done for a call by its number, and would be for another one if the call that arrives now had been there
 * at their receipt. What they did is taken back, and they are decided again (docs/senders.md#waiting-for-the-call).
 */
import type { FoldedCall } from '../../../core/calls/call.ts';
import type { Match } from '../../../core/updates/fold/fold.ts';
import { type PastChange, sumsOf, withoutPostbacks } from '../../../core/updates/fold/undo.ts';
import { updateFromJson } from '../../../core/updates/update.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import type { Queryable } from '../../database/connections/db.ts';
import { type HistoryRow, readHistories } from '../../writer/read-undo.ts';
import { writeCalls } from '../../writer/write-calls.ts';
import { findDone, firstOfAll } from './done-updates.ts';
import { type WaitingRow, waitingColumns } from './waiting-postbacks.ts';

/** Along postback_matched_by_number. What a person attached stays where it is, and so does a correction. */
const ofNumbers = (numbers: string) => `p.account_id = $1 and p.phone_number = any(${numbers}::text[])
  and p.match_rule is not null and p.status in ('applied', 'unchanged', 'queued') and not p.is_dry_run
  and p.waits_until > statement_timestamp() and p.attached_by is null and p.undo_of is null
  and not exists (select from postback u where u.account_id = $1 and u.undo_of = p.postback_id
    and u.first_status <> 'rejected' and not u.is_dry_run)`;

/** An expression: whether any postback was matched by these numbers. */
export function anyMatched(numbers: string): string {
  return `exists (select from postback p where ${ofNumbers(numbers)})`;
}

const readMatched = `select ${waitingColumns} from postback p where ${ofNumbers('$2')} order by p.postback_id`;

/** Those that a call got by these numbers. */
export async function findMatched(
  client: Queryable,
  accountId: string,
  phoneNumbers: string[],
): Promise<WaitingRow[]> {
  if (phoneNumbers.length === 0) return [];
  return (await client.query<WaitingRow>(readMatched, [accountId, phoneNumbers])).rows;
}

/** @param matches as the calls are now, by postback id */
export function movedOf(matched: WaitingRow[], matches: Map<string, Match>): WaitingRow[] {
  return matched.filter((row) => (matches.get(row.postback_id)?.callLogId ?? null) !== row.call_log_id);
}

const insertReversals = `
insert into call_event (account_id, event_id, call_log_id, at, kind, by, changes, moved_postback, moved_changes, moved_at)
select $1, n.event_id, n.call_log_id, $3, 'changed', 'Ringback', n.changes, n.moved_postback, n.moved_changes, n.moved_at
from json_to_recordset($2) as n(event_id uuid, call_log_id text, changes json, moved_postback uuid, moved_changes json,
  moved_at timestamptz)
order by n.event_id`;

/**
 * Takes back what postbacks did to calls, and writes it. The calls are locked; afterwards, `calls` has them as they are without.
 * @returns the postbacks that are still done for the call that they were read with
 */
export async function takeBack(
  client: Queryable,
  accountId: string,
  moved: WaitingRow[],
  calls: Map<string, FoldedCall>,
  now: string,
): Promise<WaitingRow[]> {
  const numbers = [...new Set(moved.flatMap(({ phone_number }) => phone_number ?? []))];
  const current = new Map(
    (await findMatched(client, accountId, numbers)).map((row) => [row.postback_id, row.call_log_id]),
  );
  const leaving = moved.filter(({ postback_id, call_log_id }) => current.get(postback_id) === call_log_id);
  const byCall = Map.groupBy(leaving, ({ call_log_id }) => call_log_id ?? '');
  const completed = [...byCall.keys()].filter((id) => calls.get(id)?.state === 'completed');
  if (completed.length === 0) return leaving;
  const histories = await findHistories(client, accountId, completed);
  const done = await findDone(client, accountId, completed, firstOfAll);
  const reversals: object[] = [];
  const changed: object[] = [];
  for (const [callLogId, rows] of byCall) {
    const call = calls.get(callLogId);
    if (call?.state !== 'completed') continue;
    const history = histories.get(callLogId) ?? [];
    const gone = rows.map(({ postback_id: id, update }) => ({ id, update: updateFromJson(update) }));
    const others = done.filter(
      (one) => one.callLogId === callLogId && gone.every(({ id }) => id !== one.postbackId),
    );
    const { values, changes } = withoutPostbacks(call.values, history, gone, others);
    const isChanged = Object.keys(changes).length > 0;
    for (const [at, { id }] of gone.entries()) {
      const own = history.find((change) => change.id === id);
      const did = { moved_changes: own?.changes ?? {}, moved_at: own?.at ?? now };
      const taken = { changes: at === 0 ? changes : {}, moved_postback: id, ...did };
      if (own !== undefined || (at === 0 && isChanged))
        reversals.push({ event_id: makeOrderedId(), call_log_id: callLogId, ...taken });
    }
    if (!isChanged) continue;
    calls.set(callLogId, { ...call, values });
    changed.push({ call_log_id: callLogId, ...values });
  }
  if (changed.length > 0) await client.query(writeCalls.text, [accountId, JSON.stringify(changed), now]);
  if (reversals.length > 0) await client.query(insertReversals, [accountId, JSON.stringify(reversals), now]);
  return leaving;
}

async function findHistories(
  client: Queryable,
  accountId: string,
  ids: string[],
): Promise<Map<string, PastChange[]>> {
  const { rows: found } = await client.query<HistoryRow>(readHistories.text, [accountId, ids]);
  const changes = found.map((row) => ({ callLogId: row.call_log_id, change: pastChangeOf(row) }));
  const byCall = Map.groupBy(changes, ({ callLogId }) => callLogId);
  return new Map(Array.from(byCall, ([id, ofCall]) => [id, ofCall.map(({ change }) => change)]));
}

function pastChangeOf({ is_postback, is_correction, undo_of, changes, update, repeats, ...row }: HistoryRow) {
  return {
    ...{ id: row.id, by: row.by, at: row.at, isPostback: is_postback, isCorrection: is_correction },
    ...{ changes: changes ?? {}, sums: sumsOf(update ?? {}, repeats), undoOf: undo_of },
  };
}
