import type { CallJson } from '../../src/http/operator/calls/call-schemas.ts';
import type { DayCall, Mishap } from './day.ts';
import { addMoney } from './money.ts';
import type { Operator } from './operator.ts';
import { printTable } from './table.ts';
import type { Tally } from './tally.ts';
import { timelineLines } from './timeline.ts';

/** Whose timelines tell most, with a title. */
const stories: Partial<Record<Mishap, string>> = {
  repeated: 'The lead came while the call was live, and again, which changed nothing',
  held: 'The payout was held, then released',
  disputed: 'The buyer paid less in the end',
  'paid too early': 'The CRM paid before the call had ended',
};

const whatHappened: Record<Mishap, string> = {
  none: '',
  repeated: 'the lead was sent twice',
  'reused id': 'a transaction id was used for another update',
  'paid too early': 'the CRM paid while it was live',
  'currency sign': 'the revenue came with a currency sign first',
  typo: 'the lead had a misspelled field first',
  macro: 'the page did not replace its macro',
  'stale id': 'the lead named an unknown call first',
  'old key': 'the lead came with an old key first',
  preview: 'a chat program opened the pixel’s link',
  held: 'the payout was held, then released',
  disputed: 'the buyer paid less in the end',
};
const detailCharsMax = 100;

export function printRequests({ outcomes, rejections }: Tally, seconds: number): void {
  const columns = ['callback', 'applied', 'unchanged', 'queued', 'duplicate', 'rejected'];
  const rows = [...outcomes]
    .sort()
    .map(([sender, counts]) => [sender, ...columns.map((column) => String(counts.get(column) ?? ''))]);
  const sent = [...outcomes.values()]
    .flatMap((counts) => [...counts.values()])
    .reduce((sum, n) => sum + n, 0);
  printTable(
    `${sent} requests in ${seconds.toFixed(1)} s, by sender and outcome`,
    ['sender', ...columns],
    rows,
  );
  printTable(
    'What was rejected, and what each sender was told',
    ['times', 'status', 'code', 'detail'],
    [...rejections]
      .sort()
      .map(([code, { count, status, detail }]) => [String(count), String(status), code, shorten(detail)]),
  );
}

/** One call of each mishap, one that was not answered, one without a sale, and one that is still live. */
export function printCalls(day: DayCall[], calls: CallJson[]): void {
  const waiting = calls.find(({ queued_updates: queued }) => queued > 0)?.call_log_id;
  const shown = [...firstOfEachKind(day), ...day.filter(({ callLogId }) => callLogId === waiting)];
  const rows = calls.flatMap((call) => {
    const planned = shown.find(({ callLogId }) => callLogId === call.call_log_id);
    return planned === undefined ? [] : [rowOf(call, planned.mishap)];
  });
  const head = [
    'call',
    'state',
    'end',
    'seconds',
    'campaign',
    'publisher',
    'converted',
    'revenue',
    'payout',
    'status',
  ];
  printTable('Some of the calls', [...head, 'what happened'], rows);
}

function firstOfEachKind(day: DayCall[]): DayCall[] {
  const kinds: ((call: DayCall) => boolean)[] = [
    ...Object.keys(whatHappened).map((mishap) => (call: DayCall) => call.mishap === mishap),
    ({ talkSeconds }) => talkSeconds === 0,
    ({ talkSeconds, price }) => talkSeconds > 0 && price === null,
  ];
  return kinds.flatMap((isKind) => day.find(isKind) ?? []);
}

function rowOf(call: CallJson, mishap: Mishap): string[] {
  return [
    shortId(call.call_log_id),
    call.state,
    call.end_status ?? '',
    String(call.duration_seconds ?? ''),
    call.campaign ?? '',
    call.publisher ?? '',
    call.converted ? 'yes' : 'no',
    call.revenue_paid_out ?? '',
    call.publisher_paid_out ?? '',
    call.publisher_paid_out === null ? '' : call.payout_status,
    describe(call, mishap),
  ];
}

function describe(call: CallJson, mishap: Mishap): string {
  const { state, queued_updates: queued, no_payout_reason: heldFor } = call;
  if (state === 'live') return queued === 0 ? '' : `${queued} queued: applied when it ends`;
  return heldFor === null ? whatHappened[mishap] : `held: ${heldFor}`;
}

export async function printTimelines(day: DayCall[], operator: Operator): Promise<void> {
  for (const [mishap, title] of Object.entries(stories)) {
    const call = day.find((one) => one.mishap === mishap);
    if (call === undefined) continue;
    const { callLogId, campaign, publisher, buyer } = call;
    console.log(`\n${title}: call ${shortId(callLogId)}, ${campaign}, ${publisher} to ${buyer}`);
    for (const line of timelineLines(await operator.readTimeline(callLogId))) console.log(line);
  }
}

export function printTotals(calls: CallJson[]): void {
  const publishers = [...new Set(calls.map(({ publisher }) => publisher ?? ''))].sort();
  const rows = publishers.map((name) =>
    totalsOf(
      name,
      calls.filter(({ publisher }) => publisher === name),
    ),
  );
  const head = ['publisher', 'calls', 'live', 'answered', 'converted', 'revenue', 'owed', 'held'];
  printTable('The day in money', head, [...rows, totalsOf('total', calls)]);
}

function totalsOf(name: string, calls: CallJson[]): string[] {
  const count = (test: (call: CallJson) => boolean) => String(calls.filter(test).length);
  const payouts = (status: string) =>
    addMoney(calls.filter((call) => call.payout_status === status).map((call) => call.publisher_paid_out));
  return [
    name,
    String(calls.length),
    count(({ state }) => state === 'live'),
    count(({ end_status }) => end_status === 'answered'),
    count(({ converted }) => converted),
    addMoney(calls.map((call) => call.revenue_paid_out)),
    payouts('owed'),
    payouts('held'),
  ];
}

function shorten(text: string): string {
  return text.length > detailCharsMax ? `${text.slice(0, detailCharsMax - 1).trimEnd()}…` : text;
}

function shortId(callLogId: string): string {
  return `${callLogId.slice(0, 8)}…`;
}
