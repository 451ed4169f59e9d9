/** A reconciliation in the browser: the lines of the response by kind, equal ones only counted. */
import {
  type FileQuery,
  type ReconciledLine,
  type ReconciliationTotals,
  reconcileLines,
} from '../../../api/files.ts';

export const differenceKinds = ['differs', 'missing_here', 'missing_there', 'rejected'] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export type Comparison = {
  lines: Record<DifferenceKind, ReconciledLine[]>;
  totals: ReconciliationTotals;
  ignoredColumns: string[];
};

/** @throws RequestFailed, or where the comparison broke off */
export async function compare(file: File, query: FileQuery, signal: AbortSignal): Promise<Comparison> {
  const lines: Comparison['lines'] = { differs: [], missing_here: [], missing_there: [], rejected: [] };
  for await (const line of reconcileLines(query, file, signal)) {
    if ('error' in line) throw new Error(line.error.detail);
    if ('totals' in line) return { lines, totals: line.totals, ignoredColumns: line.ignored_columns };
    if (line.kind !== 'equal') lines[line.kind].push(line);
  }
  throw new Error('The connection broke off. Compare again: nothing was changed.');
}

/** Calls of which a line cannot be read: their sum is not known. */
export function isApplicable({ call_log_id: callLogId }: ReconciledLine, { lines }: Comparison): boolean {
  return !lines.rejected.some((rejected) => rejected.call_log_id === callLogId);
}
