/** Postbacks that wait for a call, and their settlement in the transaction that brings it (docs/senders.md#waiting-for-the-call). */
import type { CallValues, Changes, FoldedCall } from '../../../core/calls/call.ts';
import type { CallEvent } from '../../../core/calls/call-event.ts';
import { legEventFromJson } from '../../../core/calls/leg.ts';
import { idTaken, type Match } from '../../../core/updates/fold/fold.ts';
import type { Repeats } from '../../../core/updates/fold/repeats.ts';
import { settle } from '../../../core/updates/fold/settle.ts';
import type { MatchRule, Outcome, Postback } from '../../../core/updates/postback.ts';
import { type UpdateJson, updateFromJson } from '../../../core/updates/update.ts';
import type { Queryable } from '../../database/connections/db.ts';
import { lockCalls, readOtherIds } from '../../writer/lock-calls.ts';
import { matchesOf, matchPhones, wantedNumbers } from '../../writer/match-phones.ts';
import { writeCalls } from '../../writer/write-calls.ts';
import { type CallRow, foldedCallOf } from '../call-columns.ts';
import type { TakenId } from '../other-ids.ts';
import { findDone } from './done-updates.ts';
import { findMatched, movedOf, takeBack } from './moved-postbacks.ts';
import { inOrderOfReceipt, placeByReceipt } from './queue-order.ts';

/** An event of a leg whose parent arrived later. */
export type WaitingLeg = { parentId: string; by: string; event: CallEvent };
export type RecordedLeg = { callLogId: string; changes: Changes } | TakenId;

/** What a call brings that a postback may wait for. */
export type Arrival = { callLogIds: string[]; phoneNumbers: string[] };

/** Along postback_waiting_for_call and postback_waiting_for_number: both are empty where nothing waits. */
const ofAnArrival = (ids: string, numbers: string) =>
  `p.account_id = $1 and p.status = 'waiting' and not p.is_dry_run
   and (p.call_log_id = any(${ids}::text[]) or p.phone_number = any(${numbers}::text[]))`;

/** An expression: whether any postback waits for an arrival. The arrival's locks must be held. */
export function anyWaits(ids: string, numbers: string): string {
  return `exists (select from postback p where ${ofAnArrival(ids, numbers)})`;
}

/** What a waiting row is folded from. Its window and rule are those of the receipt. */
export const waitingColumns = `p.postback_id, p.webhook_id, p.received_at, p.first_received_at, p.call_log_id, p.phone_number,
  p.match_from, p.match_to, p.match_rule, p.expires_at, p.waits_until, p.update, p.repeats, p.transaction_id, p.batch_id,
  coalesce((select w.name from incoming_webhook w where w.account_id = $1 and w.webhook_id = p.webhook_id),
    p.changed_by) as webhook_name`;

/** In order of receipt. Locked, so that no other transaction attaches, dismisses or expires them. */
const lockWaiting = `
select ${waitingColumns} from postback p where ${ofAnArrival('$2', '$3')} and p.waits_until > $4
order by p.queue_position, p.postback_id for no key update`;

export type WaitingRow = {
  postback_id: string;
  webhook_id: string;
  webhook_name: string | null;
  received_at: string;
  first_received_at: string | null;
  call_log_id: string | null;
  phone_number: string | null;
  match_from: string | null;
  match_to: string | null;
  match_rule: MatchRule | null;
  expires_at: string;
  waits_until: string;
  update: UpdateJson;
  repeats: Repeats | null;
  transaction_id: string | null;
  batch_id: string | null;
};

/** `first_status` stays: a repeat is answered as the first. */
const writeSettled = `
update postback p set status = n.status, written_at = statement_timestamp(), code = n.code, detail = n.detail,
  errors = n.errors, changes = n.changes,
  call_log_id = case when n.moves = 0 then coalesce(n.call_log_id, p.call_log_id) else n.call_log_id end,
  moves = p.moves + n.moves, matched_by = n.matched_by, candidates = n.candidates,
  call_log_ids = n.call_log_ids, kept = n.kept, applied_at = case when n.status in ('applied', 'unchanged') then $3::timestamptz end
from json_to_recordset($2) as n(postback_id uuid, status text, code text, detail text, errors json, changes json,
  call_log_id text, matched_by text, candidates integer, call_log_ids json, kept json, moves integer)
where p.account_id = $1 and p.postback_id = n.postback_id`;

/**
 * Applies or queues what waits for an arrival, and moves what an earlier call got by the same number if it is for this one. The
 * calls must be written already, in the same transaction.
 */
export async function settleWaiting(
  client: Queryable,
  accountId: string,
  { callLogIds, phoneNumbers }: Arrival,
  now: string,
  recordLeg: (leg: WaitingLeg) => Promise<RecordedLeg>,
): Promise<void> {
  const { rows: all } = await client.query<WaitingRow>(lockWaiting, [
    accountId,
    callLogIds,
    phoneNumbers,
    now,
  ]);
  const rows = inOrderOfReceipt(all.filter(({ update }) => update.event === undefined));
  for (const row of all.filter(({ update }) => update.event !== undefined)) {
    await settleLeg(client, accountId, row, now, recordLeg);
  }
  const matched = await findMatched(client, accountId, phoneNumbers);
  if (rows.length === 0 && matched.length === 0) return;
  const waited = rows.map((row) => waitedOf(accountId, row));
  const matches = await match(client, accountId, [
    ...waited,
    ...matched.map((row) => waitedOf(accountId, row)),
  ]);
  const moved = movedOf(matched, matches);
  if (rows.length === 0 && moved.length === 0) return;
  const received = [...waited, ...moved.map((row) => waitedOf(accountId, row))];
  const current = moved.map(({ call_log_id }) => call_log_id).filter((id) => id !== null);
  const locked = await lock(client, accountId, received, matches, current);
  const calls = new Map(locked.calls.map((call) => [call.callLogId, call]));
  const movedIds = new Set(moved.map(({ postback_id }) => postback_id));
  const ofCompleted = [...calls.values()].filter(({ state }) => state === 'completed');
  const ids = ofCompleted.map(({ callLogId }) => callLogId);
  const [oldest = ''] = received.map(({ postbackId }) => postbackId).sort();
  const done = (await findDone(client, accountId, ids, oldest)).filter(
    ({ postbackId }) => !movedIds.has(postbackId),
  );
  const leaving = moved.length === 0 ? [] : await takeBack(client, accountId, moved, calls, now);
  const leavingIds = new Set(leaving.map(({ postback_id }) => postback_id));
  const decided = received
    .filter(({ postbackId }) => !movedIds.has(postbackId) || leavingIds.has(postbackId))
    .sort((a, b) => (leavingIds.size === 0 ? 0 : a.postbackId < b.postbackId ? -1 : 1));
  const settled = settle(decided, { calls, otherIds: locked.otherIds, matches, prior: new Map() }, done);
  await writeSettlement(client, accountId, settled, now, leavingIds);
}

/** Folds a leg into its parent, and writes its outcome into the log. */
export async function settleLeg(
  client: Queryable,
  accountId: string,
  { postback_id, call_log_id, webhook_name, update }: WaitingRow,
  now: string,
  recordLeg: (leg: WaitingLeg) => Promise<RecordedLeg>,
): Promise<Outcome> {
  const parentId = call_log_id ?? '';
  const event = legEventFromJson(update.event ?? {});
  const recorded = await recordLeg({ parentId, by: webhook_name ?? '', event });
  const rejection = 'takenId' in recorded ? idTaken(recorded) : null;
  const changes = 'changes' in recorded ? recorded.changes : {};
  const outcome: Outcome = {
    postbackId: postback_id,
    status: rejection !== null ? 'rejected' : Object.keys(changes).length > 0 ? 'applied' : 'unchanged',
    isDuplicate: false,
    callLogId: 'changes' in recorded ? recorded.callLogId : null,
    matchedBy: 'call_log_id',
    candidates: 1,
    changes,
    kept: [],
    ignored: [],
    rejection,
  };
  await client.query(writeSettled, [accountId, JSON.stringify([settledRowOf(outcome, false)]), now]);
  return outcome;
}

/** Writes what was decided about postbacks that waited, and the calls that they changed. */
export async function writeSettlement(
  client: Queryable,
  accountId: string,
  { outcomes, changedCalls }: { outcomes: Outcome[]; changedCalls: Map<string, CallValues> },
  now: string,
  moved: ReadonlySet<string> = new Set(),
): Promise<void> {
  if (changedCalls.size > 0) {
    const calls = Array.from(changedCalls, ([call_log_id, values]) => ({ call_log_id, ...values }));
    await client.query(writeCalls.text, [accountId, JSON.stringify(calls), now]);
  }
  const rows = outcomes.map((outcome) => settledRowOf(outcome, moved.has(outcome.postbackId)));
  await client.query(writeSettled, [accountId, JSON.stringify(rows), now]);
  if (moved.size > 0) await placeByReceipt(client, accountId, outcomes);
}

function settledRowOf(outcome: Outcome, isMoved: boolean) {
  const { rejection, waiting } = outcome;
  const reason = rejection ?? waiting?.ambiguity;
  return {
    postback_id: outcome.postbackId,
    status: outcome.status,
    code: reason?.code,
    detail: reason?.detail,
    errors: rejection !== null && rejection.errors.length > 0 ? rejection.errors : undefined,
    changes: outcome.status === 'applied' ? outcome.changes : undefined,
    call_log_id: outcome.callLogId,
    matched_by: outcome.matchedBy,
    candidates: outcome.candidates,
    call_log_ids: reason?.callLogIds,
    kept: outcome.kept.length > 0 ? outcome.kept : undefined,
    moves: Number(isMoved),
  };
}

/** A waiting row as the postback that it is. Its webhook's settings no longer matter. */
export function waitedOf(accountId: string, row: WaitingRow): Postback {
  const { phone_number: phoneNumber, call_log_id: callLogId, match_from, match_to, match_rule } = row;
  return {
    accountId,
    postbackId: row.postback_id,
    receivedAt: row.first_received_at ?? row.received_at,
    sender: {
      webhookId: row.webhook_id,
      revision: '',
      matchWindowHours: 0,
      matchRule: match_rule ?? 'latest',
      ...(row.repeats !== null && { repeats: row.repeats }),
    },
    sourceIp: '',
    request: '',
    target: phoneNumber !== null ? { phoneNumber } : { callLogId: callLogId ?? '' },
    update: updateFromJson(row.update),
    transactionId: row.transaction_id,
    isDryRun: false,
    ignored: [],
    rejection: null,
    wait: { expiresAt: row.expires_at, until: row.waits_until },
    hasWaited: true,
    ...(match_from !== null &&
      match_to !== null && { window: { from: match_from, to: match_to, rule: match_rule ?? 'latest' } }),
  };
}

async function match(client: Queryable, accountId: string, waited: Postback[]): Promise<Map<string, Match>> {
  const wanted = wantedNumbers(waited);
  if (wanted.length === 0) return new Map();
  type Row = { postback_id: string; candidates: number; to_json: string[] | null };
  const { rows } = await client.query<Row>(matchPhones.text, [accountId, JSON.stringify(wanted)]);
  return matchesOf(
    rows.map(({ postback_id, candidates, to_json }) => ({
      postbackId: postback_id,
      candidates,
      callLogIds: to_json ?? [],
    })),
    wanted,
  );
}

async function lock(
  client: Queryable,
  accountId: string,
  waited: Postback[],
  matches: Map<string, Match>,
  current: string[],
): Promise<{ calls: FoldedCall[]; otherIds: Map<string, string> }> {
  const ids = waited.flatMap(({ target, postbackId }) => {
    if (target === null) return [];
    return 'callLogId' in target ? target.callLogId : (matches.get(postbackId)?.callLogId ?? []);
  });
  const values = [accountId, [...new Set([...ids, ...current])]];
  const { rows: names } = await client.query<{ other_id: string; call_log_id: string }>(
    readOtherIds.text,
    values,
  );
  const { rows: calls } = await client.query<CallRow>(lockCalls.text, values);
  return {
    calls: calls.map(foldedCallOf),
    otherIds: new Map(names.map(({ other_id, call_log_id }) => [other_id, call_log_id])),
  };
}
