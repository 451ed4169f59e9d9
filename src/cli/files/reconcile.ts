/** `ringback reconcile FILE`: a partner's statement against our records, as a table and as CSV. */
import { basename } from 'node:path';
import { statementColumns, statementLinesMax } from '../../core/files/statement-columns.ts';
import type { ReconciledAmount } from '../../core/reports/reconcile.ts';
import { isJsonObject } from '../../core/values/json/json.ts';
import {
  type Connection,
  type ConnectionOptions,
  describeProblem,
  findServer,
  type Json,
  postFile,
  unanswered,
} from '../api-client.ts';
import { print, printError } from '../print.ts';
import { UsageError } from '../send/send-request.ts';
import { openCsvOutput } from './csv-output.ts';
import { type CheckedFile, checkFile, type FileOptions, fileQuery, openUpload } from './file-check.ts';
import { count } from './progress.ts';
import { applyDifferences, type Difference } from './reconcile-apply.ts';
import { itemCells, itemColumns, ReconcileReport } from './reconcile-report.ts';

export type ReconcileOptions = ConnectionOptions &
  FileOptions & {
    from: string;
    to: string;
    amount: ReconciledAmount;
    publisher?: string;
    buyer?: string;
    campaign?: string;
    results?: string;
    apply?: boolean;
    yes?: boolean;
  };

/** Differences are left. */
const differsExitCode = 1;
/** The two could not be compared. */
const brokenExitCode = 2;

/** @returns the exit code: 0 where both sides agree in the end, 1 where they do not, 2 where they cannot be compared */
export async function reconcileFile(path: string, options: ReconcileOptions): Promise<number> {
  try {
    const server = await findServer(options);
    const file = await checkFile(path, options, statementColumns(options.amount), statementLinesMax);
    print(`${basename(path)}: ${count(file.rows)} lines`);
    const results = options.results ?? `${path}.reconciliation.csv`;
    const { differences, totals, unreadable, report } = await compare(server, file, options, results);
    for (const line of report) print(line);
    print(`Results: ${results}`);
    const isLeft = (kind: string) => isJsonObject(totals[kind]) && totals[kind]['count'] !== 0;
    const isOtherLeft = isLeft('missing_here') || isLeft('missing_there') || isLeft('rejected');
    if (options.apply !== true || differences.length === 0)
      return isOtherLeft || differences.length > 0 ? differsExitCode : 0;
    if (unreadable > 0) {
      throw new UsageError(
        `Lines that cannot be read: ${count(unreadable)}. They may be for the same calls: correct them before you apply the statement.`,
      );
    }
    const { amount, yes = false } = options;
    const exitCode = await applyDifferences(server, { path, amount, differences, isAgreed: yes });
    return exitCode === 0 && isOtherLeft ? differsExitCode : exitCode;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`${error.message}\nNothing was changed. Run "ringback reconcile --help" for all options.`);
    return brokenExitCode;
  }
}

type Comparison = {
  differences: Difference[];
  /** lines that name a call, but not readably what is due for it */
  unreadable: number;
  totals: Json;
  report: string[];
};

async function compare(
  server: Connection,
  file: CheckedFile,
  options: ReconcileOptions,
  results: string,
): Promise<Comparison> {
  const output = await openCsvOutput(results, itemColumns, file.delimiter ?? ',');
  const report = new ReconcileReport();
  const differences: Difference[] = [];
  let unreadable = 0;
  try {
    for await (const item of await askServer(server, file, options)) {
      if (isJsonObject(item['error'])) throw new UsageError(String(item['error']['detail']));
      if (isJsonObject(item['totals'])) {
        const { totals } = item;
        return { differences, unreadable, totals, report: report.lines(totals) };
      }
      report.add(item);
      await output.write(itemCells(item));
      if (item['kind'] === 'differs') differences.push(differenceOf(item));
      if (item['kind'] === 'rejected' && item['code'] !== 'call_not_identified') unreadable += 1;
    }
  } finally {
    await output.close();
  }
  throw new UsageError('The connection to the server was lost.');
}

async function askServer(
  server: Connection,
  file: CheckedFile,
  options: ReconcileOptions,
): Promise<AsyncIterable<Json>> {
  const query = fileQuery(options);
  for (const name of ['from', 'to', 'amount', 'publisher', 'buyer', 'campaign'] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const answer = await postFile(server, `/reconciliations?${query}`, await openUpload(file)).catch(
    unanswered(server),
  );
  if ('problem' in answer) throw new UsageError(describeProblem(answer.problem));
  return answer.lines;
}

function differenceOf({ call_log_id: id, theirs, ours }: Json): Difference {
  return { callLogId: String(id), theirs: String(theirs), ours: String(ours ?? '0') };
}
