/** The differences of a statement as an import: our amounts become the partner's. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ReconciledAmount } from '../../core/reports/reconcile.ts';
import { moneyOf, unitsOf } from '../../core/values/money/money-units.ts';
import type { Connection } from '../api-client.ts';
import { ask } from '../ask.ts';
import { print } from '../print.ts';
import { runImport } from './import-run.ts';
import { count } from './progress.ts';

/** One call, with both amounts as decimal text. */
export type Difference = { callLogId: string; theirs: string; ours: string };

export type Apply = {
  /** of the statement */
  path: string;
  amount: ReconciledAmount;
  differences: Difference[];
  /** without a question */
  isAgreed: boolean;
};

const reasonCharsMax = 500;
const declinedExitCode = 1;

/** Shows what would be done, asks, and does it. @returns the exit code */
export async function applyDifferences(
  server: Connection,
  { path, amount, differences, isAgreed }: Apply,
): Promise<number> {
  const sumOf = (side: 'theirs' | 'ours') =>
    moneyOf(differences.reduce((sum, difference) => sum + unitsOf(difference[side]), 0n));
  const calls = `${count(differences.length)} ${differences.length === 1 ? 'call' : 'calls'}`;
  const what = `Set ${amount} of ${calls} to the amounts of the statement: ${sumOf('ours')} becomes ${sumOf('theirs')}`;
  print(`\n${what}.`);
  if (!isAgreed && !(await ask('Do it? [y/N] '))) {
    print('Nothing was changed.');
    return declinedExitCode;
  }
  const reason = `Reconciled with ${basename(path)}`.slice(0, reasonCharsMax);
  const lines = differences.map(
    ({ callLogId, theirs }) => `${JSON.stringify({ call_log_id: callLogId, [amount]: theirs, reason })}\n`,
  );
  // A separate name: the same statement may have to be applied again, after others changed the calls.
  const query = new URLSearchParams({ type: 'update_fields', import_key: `reconcile-${randomUUID()}` });
  const upload = { contentType: 'application/x-ndjson', bytes: Readable.from(lines), length: null };
  const results = `${path}.applied.csv`;
  return runImport(server, { query, upload, rows: lines.length, delimiter: null, results });
}
