/** An import in the browser: the file in parts, one after the other, with what came of each row. */
import { type FileQuery, type ImportedRow, importLines, typeOf } from '../../../api/files.ts';
import type { Reading } from '../columns/reading.ts';
import { failedHeader, failedRow } from './failed-rows.ts';
import { type CutPart, splitFile } from './split-file.ts';
import { addAmounts } from './sums.ts';

export const outcomes = [
  'created',
  'applied',
  'queued',
  'waiting',
  'unchanged',
  'ignored',
  'rejected',
] as const;
export type OutcomeName = (typeof outcomes)[number];

/** Whether any row changes something, now or later. */
export function hasEffect({ created, applied, queued, waiting }: RunState['counts']): boolean {
  return created + applied + queued + waiting > 0;
}

export type RunState = {
  isDryRun: boolean;
  phase: 'running' | 'done' | 'stopped' | 'failed';
  /** of the file */
  doneBytes: number;
  rows: number;
  duplicates: number;
  counts: Record<OutcomeName, number>;
  codes: Record<string, number>;
  changes: Record<string, { rows: number; from?: string; to?: string }>;
  ignoredColumns: string[];
  /** the first of each outcome */
  shown: Record<OutcomeName, ImportedRow[]>;
  /** the rejected rows as a file */
  failed: BlobPart[];
  /** names the rows, so that none is done twice; null before it is known */
  importKey: string | null;
  importId: string | null;
  webhookId: string | null;
  /** why it ended early; what to do about it */
  error: string | null;
  /** the same import may go on with the part that failed */
  mayContinue: boolean;
};

export type RunOptions = { file: File; reading: Reading; query: FileQuery; isDryRun: boolean };

const shownMax = 500;
/** Parts are done faster than anybody reads. */
const tellEveryMs = 250;

export function newRun(isDryRun: boolean): RunState {
  const none = () => ({
    created: 0,
    applied: 0,
    queued: 0,
    waiting: 0,
    unchanged: 0,
    ignored: 0,
    rejected: 0,
  });
  return {
    ...{ isDryRun, phase: 'running', doneBytes: 0, rows: 0, duplicates: 0, counts: none(), codes: {} },
    ...{
      changes: {},
      ignoredColumns: [],
      failed: [],
      importKey: null,
      importId: null,
      webhookId: null,
      error: null,
    },
    shown: { created: [], applied: [], queued: [], waiting: [], unchanged: [], ignored: [], rejected: [] },
    mayContinue: false,
  };
}

/**
 * Runs an import, or the rest of one that was stopped.
 * @param onChange called for parts that are done, a few times a second
 */
export async function runImport(
  { file, reading, query, isDryRun }: RunOptions,
  begun: RunState,
  signal: AbortSignal,
  onChange: (state: RunState) => void,
): Promise<void> {
  let state: RunState = { ...begun, phase: 'running', error: null, mayContinue: false };
  let toldMs = 0;
  try {
    for await (const part of splitFile(file, reading)) {
      if (part.end <= begun.doneBytes) continue;
      const partQuery: FileQuery = {
        ...query,
        ...(isDryRun && { dry_run: 'true' }),
        ...{ rows_before: state.rows, lines_before: part.linesBefore, import_id: state.importId },
      };
      state = await sendPart({ file, reading, part }, partQuery, state, signal);
      const now = performance.now();
      if (state.phase !== 'failed' && now - toldMs < tellEveryMs) continue;
      toldMs = now;
      onChange(state);
      if (state.phase === 'failed') return;
    }
    onChange({ ...state, phase: 'done', doneBytes: file.size });
  } catch (error) {
    const isStopped = error instanceof DOMException && error.name === 'AbortError';
    const detail = error instanceof Error ? error.message : String(error);
    onChange({
      ...state,
      ...(isStopped ? { phase: 'stopped' } : { phase: 'failed', error: detail }),
      mayContinue: true,
    });
  }
}

type Sent = { file: File; reading: Reading; part: CutPart };

/** The state counts whole parts: one that broke off is sent again, and its rows are known by their import key. */
async function sendPart(
  { file, reading, part }: Sent,
  query: FileQuery,
  before: RunState,
  signal: AbortSignal,
): Promise<RunState> {
  const { header } = part;
  const head = header === null ? [] : [file.slice(header.start, header.end)];
  const body = new Blob([...head, file.slice(part.start, part.end)]);
  const rows: ImportedRow[] = [];
  for await (const line of importLines(query, body, typeOf(file), signal)) {
    if (!('summary' in line)) {
      rows.push(line);
      continue;
    }
    const { summary, error } = line;
    if (error !== undefined && error.line === null)
      return { ...before, phase: 'failed', error: error.detail, mayContinue: true };
    const failed = await failedParts({ file, reading, part }, rows, before.failed.length === 0);
    return {
      ...count(before, rows),
      failed: failed.length > 0 ? [...before.failed, ...failed] : before.failed,
      changes: addChanges(before.changes, summary.changes),
      ignoredColumns: [...new Set([...before.ignoredColumns, ...summary.ignored_columns])],
      ...{ importId: summary.import_id, webhookId: summary.webhook_id },
      doneBytes: part.end,
      ...(error !== undefined && { phase: 'failed', error: error.detail }),
    };
  }
  return { ...before, phase: 'failed', error: 'The connection broke off.', mayContinue: true };
}

function count(before: RunState, rows: ImportedRow[]): RunState {
  const counts = { ...before.counts };
  const codes = { ...before.codes };
  const shown = { ...before.shown };
  let { duplicates } = before;
  for (const row of rows) {
    const outcome = outcomes.find((name) => name === row.status) ?? 'rejected';
    counts[outcome] += 1;
    if (row.duplicate) duplicates += 1;
    if (row.code !== undefined && outcome === 'rejected') codes[row.code] = (codes[row.code] ?? 0) + 1;
    if (shown[outcome].length < shownMax) shown[outcome] = [...shown[outcome], row];
  }
  return { ...before, counts, codes, shown, duplicates, rows: before.rows + rows.length };
}

function addChanges(before: RunState['changes'], more: RunState['changes']): RunState['changes'] {
  const sums = { ...before };
  for (const [field, { rows, from, to }] of Object.entries(more)) {
    const known = sums[field];
    sums[field] = {
      rows: (known?.rows ?? 0) + rows,
      ...(from !== undefined && { from: addAmounts(known?.from ?? '0', from) }),
      ...(to !== undefined && { to: addAmounts(known?.to ?? '0', to) }),
    };
  }
  return sums;
}

/** The rejected rows of a part as they are in the file, each behind its line and why. */
async function failedParts(
  { file, reading, part }: Sent,
  rows: ImportedRow[],
  isFirst: boolean,
): Promise<string[]> {
  const failed = rows.filter(({ status }) => status === 'rejected');
  if (failed.length === 0) return [];
  const byLine = new Map(part.rows.map((row) => [row.line, row]));
  const texts: string[] = [];
  if (isFirst) {
    const { header } = part;
    texts.push(
      failedHeader(header === null ? null : await file.slice(header.start, header.end).text(), reading),
    );
  }
  for (const row of failed) {
    const place = byLine.get(row.line);
    const text = place === undefined ? '' : await file.slice(place.start, place.end).text();
    texts.push(failedRow(row, text, reading));
  }
  return [texts.join('')];
}
