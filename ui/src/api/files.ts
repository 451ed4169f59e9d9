import type { InspectionJson } from '../../../src/http/operator/files/inspection-schemas.ts';
import { openLines, requestFile } from './request.ts';

export type { InspectionJson };

/** Parameters of a request with a file; a list repeats its name. */
export type FileQuery = Record<string, string | number | readonly string[] | null>;

const headBytes = 500_000;

/** How the beginning of a file would be read. */
export function inspectFile(file: File, query: FileQuery): Promise<InspectionJson> {
  return requestFile<InspectionJson>('/files/inspect', query, file.slice(0, headBytes), typeOf(file));
}

/** The media type by the name: browsers do not agree on that of a CSV file. */
export function typeOf({ name }: { name: string }): string {
  return /\.(?:ndjson|jsonl)$/i.test(name) ? 'application/x-ndjson' : 'text/csv';
}

export type ImportedRow = {
  row: number;
  line: number;
  status: string;
  code?: string;
  detail?: string;
  duplicate?: boolean;
  call_log_id?: string;
  changes?: Record<string, { from?: unknown; to?: unknown }>;
};

type ImportSummary = {
  rows: number;
  changes: Record<string, { rows: number; from?: string; to?: string }>;
  ignored_columns: string[];
  webhook_id: string;
  import_id: string;
};

export type ImportLine =
  | ImportedRow
  | { summary: ImportSummary; error?: { code: string; detail: string; line: number | null } };

/** Sends a file, or a part of one, and reads the line of each row as it comes. */
export function importLines(
  query: FileQuery,
  body: Blob,
  contentType: string,
  signal: AbortSignal,
): AsyncGenerator<ImportLine> {
  return openLines<ImportLine>('/imports', query, body, contentType, signal);
}

export type ReconciledLine = {
  kind: 'equal' | 'differs' | 'missing_here' | 'missing_there' | 'rejected';
  line: number | null;
  call_log_id: string | null;
  phone_number?: string;
  started_at?: string | null;
  theirs?: string | null;
  ours?: string | null;
  difference?: string;
  held?: boolean;
  note?: 'several_lines' | 'outside_period' | 'other_partner' | null;
  code?: string;
  detail?: string;
};

type KindTotals = { count: number; theirs: string; ours: string; difference: string; held: string };
export type ReconciliationTotals = Record<Exclude<ReconciledLine['kind'], 'rejected'>, KindTotals> & {
  rejected: { count: number };
};

export type ReconciliationLine =
  | ReconciledLine
  | { totals: ReconciliationTotals; ignored_columns: string[] }
  | { error: { code: string; detail: string } };

/** Compares a statement with our records. */
export function reconcileLines(
  query: FileQuery,
  file: File,
  signal: AbortSignal,
): AsyncGenerator<ReconciliationLine> {
  return openLines<ReconciliationLine>('/reconciliations', query, file, typeOf(file), signal);
}
