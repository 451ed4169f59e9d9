import { allowableFieldNames } from '../../../../core/updates/fields/webhook-access.ts';
import { isAmount } from '../../../../core/updates/fold/repeats.ts';
import type { Outcome } from '../../../../core/updates/postback.ts';
import { moneyOf, unitsOf } from '../../../../core/values/money/money-units.ts';
import type { UndoSummaryJson } from './webhook-undo-schemas.ts';

/** How many fields that were left unchanged are listed. */
const changedSinceMax = 1_000;

const amounts = allowableFieldNames.filter(isAmount);

/** Counts what undoing a webhook's postbacks did, or would do. */
export class UndoSummary {
  readonly #calls = new Set<string>();
  readonly #counts = { postbacks: 0, applied: 0, unchanged: 0, canceled: 0, rejected: 0 };
  readonly #fields = new Map<string, number>();
  readonly #sums = new Map<string, bigint>();
  readonly #changedSince: UndoSummaryJson['changed_since'] = [];
  #changedSinceCount = 0;

  get postbacks(): number {
    return this.#counts.postbacks;
  }

  add({ status, callLogId, candidates, changes, undo, isDuplicate }: Outcome): void {
    if (isDuplicate) return;
    const names = Object.keys(changes);
    this.#counts.postbacks += 1;
    if (status === 'applied') this.#counts[names.length > 0 ? 'applied' : 'canceled'] += 1;
    else this.#counts[status === 'unchanged' ? 'unchanged' : 'rejected'] += 1;
    // Of one that waited there is no call.
    if (callLogId !== null && candidates !== 0 && status !== 'rejected') this.#calls.add(callLogId);
    for (const name of names) {
      const field = name.startsWith('tags.') ? 'tags' : name;
      this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1);
    }
    for (const name of amounts) {
      const change = changes[name];
      if (change === undefined) continue;
      const units = unitsOf(String(change.to ?? '0')) - unitsOf(String(change.from ?? '0'));
      this.#sums.set(name, (this.#sums.get(name) ?? 0n) + units);
    }
    for (const { field, ...by } of undo?.changedSince ?? []) {
      this.#changedSinceCount += 1;
      if (this.#changedSince.length >= changedSinceMax) continue;
      this.#changedSince.push({ field, call_log_id: callLogId, undo_of: undo?.of ?? '', ...by });
    }
  }

  toJson(webhookId: string, isDryRun: boolean): UndoSummaryJson {
    return {
      webhook_id: webhookId,
      dry_run: isDryRun,
      calls: this.#calls.size,
      ...this.#counts,
      fields: Object.fromEntries(this.#fields),
      sums: Object.fromEntries(Array.from(this.#sums, ([name, units]) => [name, moneyOf(units)])),
      changed_since_count: this.#changedSinceCount,
      changed_since: this.#changedSince,
    };
  }
}
