/** A statement against our records, as lines of JSON. */
import {
  compareCall,
  missingHere,
  missingThere,
  type ReconciledItem,
  type TheirAmount,
  Totals,
} from '../../../core/reports/reconcile.ts';
import type { Rejection } from '../../../core/updates/rejection.ts';
import type { CallCursor, StatementScope, Store } from '../../../store/store.ts';
import type { RejectedLine, Statement } from './statement.ts';

const idsAtOnce = 1_000;
const callsAtOnce = 5_000;

export type ReconciliationOptions = {
  accountId: string;
  scope: StatementScope;
  ignoredColumns: string[];
  /** makes an answer of what went wrong */
  rejectionOf(error: unknown): Rejection;
};

/** Items in the order of the statement, then what it lacks, then one line with the totals. */
export async function* reconcileLines(
  store: Store,
  statement: Statement,
  { accountId, scope, ignoredColumns, rejectionOf }: ReconciliationOptions,
): AsyncGenerator<string> {
  const totals = new Totals();
  const write = (item: ReconciledItem) => {
    totals.add(item);
    return lineOf(itemToJson(item));
  };
  try {
    for (const line of statement.rejected) yield lineOf(rejectedToJson(line));
    for await (const item of compareAll(store, accountId, scope, statement)) yield write(item);
  } catch (error) {
    const { code, detail } = rejectionOf(error);
    yield lineOf({ error: { code, detail } });
    return;
  }
  yield lineOf({
    totals: { ...totals.toJson(), rejected: { count: statement.rejected.length } },
    amount: scope.amount,
    from: scope.from,
    to: scope.to,
    ...scope.partner,
    ignored_columns: ignoredColumns,
  });
}

async function* compareAll(
  store: Store,
  accountId: string,
  scope: StatementScope,
  { amounts, unmatched, rejected }: Statement,
): AsyncGenerator<ReconciledItem> {
  for (const chunk of chunksOf(amounts, idsAtOnce)) {
    const ours = await store.readAmounts(
      accountId,
      scope,
      chunk.map(([callLogId]) => callLogId),
    );
    for (const [callLogId, theirs] of chunk) {
      yield compareCall(callLogId, theirs, ours.get(callLogId) ?? null);
    }
  }
  for (const { call, units, line } of unmatched)
    yield missingHere(call.phoneNumber, call.startedAt, units, line);
  const named = new Set(rejected.map(({ callLogId }) => callLogId));
  let after: CallCursor | null = null;
  do {
    const page = await store.listAmounts(accountId, scope, callsAtOnce, after);
    for (const ours of page.items) {
      const isThere = amounts.has(ours.callLogId) || named.has(ours.callLogId);
      const item = isThere ? null : missingThere(ours);
      if (item !== null) yield item;
    }
    after = page.cursor;
  } while (after !== null);
}

function* chunksOf(amounts: Map<string, TheirAmount>, size: number): Generator<[string, TheirAmount][]> {
  let chunk: [string, TheirAmount][] = [];
  for (const entry of amounts) {
    chunk.push(entry);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function itemToJson({ callLogId, phoneNumber, startedAt, isHeld, ...item }: ReconciledItem) {
  return {
    kind: item.kind,
    line: item.line,
    call_log_id: callLogId,
    ...(phoneNumber !== null && { phone_number: phoneNumber }),
    started_at: startedAt,
    theirs: item.theirs,
    ours: item.ours,
    difference: item.difference,
    held: isHeld,
    note: item.note,
  };
}

function rejectedToJson({ line, callLogId, rejection: { code, detail, errors }, candidates }: RejectedLine) {
  const named = candidates?.map((call) => ({
    call_log_id: call.callLogId,
    phone_number: call.phoneNumber,
    started_at: call.startedAt,
  }));
  return {
    kind: 'rejected',
    line,
    call_log_id: callLogId,
    code,
    detail,
    errors,
    ...(named && { candidates: named }),
  };
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
