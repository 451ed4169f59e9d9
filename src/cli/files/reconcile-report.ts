/** What a comparison says, as a person reads it. */
import { isJsonObject } from '../../core/values/json/json.ts';
import type { Json } from '../api-client.ts';
import { table } from '../table.ts';
import { count } from './progress.ts';

/** More are in the results. */
const shownMax = 40;

export const itemColumns = [
  'kind',
  'line',
  'call_log_id',
  'phone_number',
  'started_at',
  'theirs',
  'ours',
  'difference',
  'held',
  'note',
  'code',
  'detail',
];

const kindNames: Readonly<Record<string, string>> = {
  equal: 'equal',
  differs: 'amount differs',
  missing_here: 'missing here',
  missing_there: 'missing there',
  rejected: 'cannot be read',
};
const noteNames: Readonly<Record<string, string>> = {
  several_lines: 'sum of several lines',
  outside_period: 'outside the period',
  other_partner: 'booked on another partner',
};

/** One item as the cells of its line in the results. */
export function itemCells(item: Json): Json {
  return { ...item, held: item['held'] === true ? 'yes' : '' };
}

/** Takes items as they come, and keeps what is shown. */
export class ReconcileReport {
  readonly #rows: string[][] = [];
  #differing = 0;

  add(item: Json): void {
    if (item['kind'] === 'equal') return;
    this.#differing += 1;
    if (this.#rows.length === shownMax) return;
    const { line, kind, call_log_id: id, phone_number: phone, theirs, ours, difference } = item;
    this.#rows.push([
      show(line),
      kindNames[String(kind)] ?? show(kind),
      show(id ?? phone),
      show(theirs),
      `${show(ours)}${item['held'] === true ? ' (held)' : ''}`,
      show(difference),
      noteNames[String(item['note'])] ?? show(item['detail']),
    ]);
  }

  /** @param totals of the last line */
  lines(totals: Json): string[] {
    const head = ['line', '', 'call', 'theirs', 'ours', 'difference', ''];
    const sums = Object.entries(totals).map(([kind, sum]) => {
      const of = isJsonObject(sum) ? sum : {};
      const amounts = ['theirs', 'ours', 'difference', 'held'].map((name) => show(of[name]));
      return [kindNames[kind] ?? kind, count(Number(of['count'])), ...amounts];
    });
    const more = this.#differing - this.#rows.length;
    return [
      ...(this.#rows.length === 0 ? [] : ['', ...table(head, this.#rows)]),
      ...(more > 0 ? [`and ${count(more)} more: see the results`] : []),
      '',
      ...table(['', 'calls', 'theirs', 'ours', 'difference', 'of ours held'], sums),
      '',
    ];
  }
}

function show(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
