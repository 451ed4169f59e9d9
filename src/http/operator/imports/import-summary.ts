import { updateFields } from '../../../core/updates/fields/fields.ts';
import type { Outcome } from '../../../core/updates/postback.ts';
import { moneyOf, unitsOf } from '../../../core/values/money/money-units.ts';
import { type BulkCounts, countOutcome, noCounts } from '../../postbacks/bulk.ts';

/** What an import did to one field: in how many rows, and of money the exact sums of before and after. */
type FieldChange = { rows: number; from?: string; to?: string };

export type ImportSummary = BulkCounts & {
  rows: number;
  /** how often each code rejected a row */
  codes: Record<string, number>;
  changes: Record<string, FieldChange>;
  /** columns and members that mean nothing */
  ignored_columns: string[];
  dry_run: boolean;
  webhook_id: string;
};

const ignoredMax = 200;
const columnTypes: ReadonlyMap<string, string> = new Map(
  Object.entries(updateFields).map(([name, { column }]) => [name, column]),
);

/** Counts the rows of an import as they are answered. */
export class SummaryCounter {
  readonly #counts = noCounts();
  readonly #codes = new Map<string, number>();
  readonly #changes = new Map<string, { rows: number; from: bigint; to: bigint }>();
  readonly #ignored: Set<string>;
  #rows = 0;

  constructor(ignoredColumns: string[]) {
    this.#ignored = new Set(ignoredColumns);
  }

  get rows(): number {
    return this.#rows;
  }

  add(outcome: Outcome): void {
    this.#rows += 1;
    countOutcome(this.#counts, outcome);
    const { rejection, isDuplicate, changes, ignored } = outcome;
    if (rejection !== null) this.#codes.set(rejection.code, (this.#codes.get(rejection.code) ?? 0) + 1);
    for (const name of ignored) if (this.#ignored.size < ignoredMax) this.#ignored.add(name);
    if (isDuplicate) return;
    for (const [name, { from, to }] of Object.entries(changes)) {
      const field = name.startsWith('tags.') ? 'tags' : name;
      const sums = this.#changes.get(field) ?? { rows: 0, from: 0n, to: 0n };
      sums.rows += 1;
      if (isMoney(field)) {
        sums.from += unitsOf(String(from ?? '0'));
        sums.to += unitsOf(String(to ?? '0'));
      }
      this.#changes.set(field, sums);
    }
  }

  toJson(isDryRun: boolean, webhookId: string): ImportSummary {
    const changes = Array.from(this.#changes, ([name, { rows, from, to }]): [string, FieldChange] => [
      name,
      isMoney(name) ? { rows, from: moneyOf(from), to: moneyOf(to) } : { rows },
    ]);
    return {
      rows: this.#rows,
      ...this.#counts,
      codes: Object.fromEntries(this.#codes),
      changes: Object.fromEntries(changes),
      ignored_columns: [...this.#ignored],
      dry_run: isDryRun,
      webhook_id: webhookId,
    };
  }
}

function isMoney(field: string): boolean {
  return columnTypes.get(field) === 'numeric';
}
