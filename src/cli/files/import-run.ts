/** Rows on their way to the server, and what came of each into a file. */
import { isJsonObject } from '../../core/values/json/json.ts';
import { reasonOf } from '../../core/values/text/reason.ts';
import { type Connection, describeProblem, type Json, postFile, type Upload } from '../api-client.ts';
import { print, printError } from '../print.ts';
import { UsageError } from '../send/send-request.ts';
import { table } from '../table.ts';
import { type CsvOutput, openCsvOutput } from './csv-output.ts';
import { resultCells, resultColumns } from './import-results.ts';
import { count, duration, showProgress } from './progress.ts';

/** Rows were rejected. */
const rejectedExitCode = 1;
/** Nothing was done, or not all. */
export const brokenExitCode = 2;

export type ImportRun = {
  query: URLSearchParams;
  upload: Upload;
  rows: number;
  /** of the results */
  delimiter: string | null;
  /** where the results are written */
  results: string;
};

type Outcome = {
  done: number;
  /** null where the answer broke off before its last line */
  last: Json | null;
  /** why, if it did */
  reason: string;
};

const wasStopped = 'it was stopped.';

/** Sends the rows, and prints what came of them. @returns the exit code */
export async function runImport(server: Connection, run: ImportRun): Promise<number> {
  const results = await openCsvOutput(run.results, resultColumns, run.delimiter ?? ',');
  const beganAt = performance.now();
  const { done, last, reason } = await exchangeRows(server, run, results);
  const unwritten = await results.close().then(() => null, reasonOf);
  const seconds = (performance.now() - beganAt) / 1_000;
  if (last !== null && 'code' in last) {
    printError(`${describeProblem(last)}\nNothing was done.`);
    return brokenExitCode;
  }
  print(`${count(done)} of ${count(run.rows)} rows in ${duration(seconds)}`);
  const summary = isJsonObject(last?.['summary']) ? last['summary'] : null;
  if (summary !== null) for (const line of describeSummary(summary)) print(line);
  print(`Results: ${run.results}`);
  if (summary !== null && run.query.get('type') !== 'calls')
    for (const line of describeUndo(summary)) print(line);
  const error = last?.['error'];
  const isWhole = summary !== null && error === undefined;
  if (isWhole && unwritten === null) return summary['rejected'] === 0 ? 0 : rejectedExitCode;
  if (isWhole) printError(`The results are not whole. ${unwritten}`);
  else printError(`The import broke off: ${isJsonObject(error) ? error['detail'] : reason}`);
  printError('Run the same command again: no row is done twice, and every row is answered.');
  return brokenExitCode;
}

async function exchangeRows(
  server: Connection,
  { query, upload, rows }: ImportRun,
  results: CsvOutput,
): Promise<Outcome> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  const progress = showProgress(rows);
  let done = 0;
  try {
    const answer = await postFile(server, `/imports?${query}`, upload, stop.signal);
    if ('problem' in answer) return { done, last: answer.problem, reason: '' };
    for await (const line of answer.lines) {
      if ('summary' in line) return { done, last: line, reason: '' };
      await results.write(resultCells(line));
      done += 1;
      progress.update(done);
    }
    return { done, last: null, reason: stop.signal.aborted ? wasStopped : 'the connection was lost.' };
  } catch (error) {
    const why = error instanceof UsageError ? error.message : `${reasonOf(error)}.`;
    return { done, last: null, reason: stop.signal.aborted ? wasStopped : why };
  } finally {
    process.off('SIGINT', onSignal);
    progress.stop();
  }
}

function describeSummary(summary: Json): string[] {
  const { codes, changes, ignored_columns: ignored } = summary;
  const isDryRun = summary['dry_run'] === true;
  const outcomes = outcomeNames.flatMap(([name, meaning, wouldBe]) =>
    Number(summary[name]) > 0 ? [[name, count(Number(summary[name])), isDryRun ? wouldBe : meaning]] : [],
  );
  const rejected = Object.entries(isJsonObject(codes) ? codes : {}).map(([code, rows]) => [
    `  ${code}`,
    count(Number(rows)),
    '',
  ]);
  const changed = Object.entries(isJsonObject(changes) ? changes : {}).map(([field, change]) =>
    isJsonObject(change)
      ? [field, count(Number(change['rows'])), String(change['from'] ?? ''), String(change['to'] ?? '')]
      : [field],
  );
  const names = Array.isArray(ignored) ? ignored.map(String) : [];
  return [
    ...(outcomes.length === 0 ? [] : ['', ...table(['outcome', 'rows', ''], [...outcomes, ...rejected])]),
    ...(changed.length === 0
      ? []
      : ['', ...table([isDryRun ? 'would change' : 'changed', 'rows', 'sum before', 'sum after'], changed)]),
    ...(names.length === 0 ? [] : ['', `Ignored: ${names.join(', ')}`]),
    ...(isDryRun ? ['', 'This was a dry run: nothing was changed.'] : []),
    ...(Number(summary['duplicate']) > 0 && Number(summary['duplicate']) === Number(summary['rows'])
      ? ['', 'All rows were done before. To import the file again, give it another key: --import-key NAME.']
      : []),
    '',
  ];
}

/** How to take the import back; nothing where it did nothing. Calls that were added are not undone. */
function describeUndo({
  webhook_id: webhook,
  import_id: id,
  dry_run: isDryRun,
  applied,
  queued,
  waiting = 0,
}: Json): string[] {
  if (isDryRun === true || Number(applied) + Number(queued) + Number(waiting) === 0) return [];
  return [`To undo it: ringback undo --webhook ${webhook} --import ${id}`];
}

const outcomeNames = [
  ['created', 'the call was added', 'the call would be added'],
  ['applied', 'the call was changed', 'the call would be changed'],
  ['unchanged', 'every value was already set', 'every value is already set'],
  [
    'queued',
    'the call is still live; the update waits for its end',
    'the call is live: the update would wait',
  ],
  [
    'waiting',
    'no call was found yet; the update waits for it',
    'no call was found yet: the update would wait',
  ],
  ['ignored', 'the mapping leaves the row out', 'the mapping leaves the row out'],
  ['duplicate', 'the row was done before, and was not done again', 'the row was done before'],
  ['rejected', 'the row was rejected: see the results', 'the row would be rejected: see the results'],
] as const;
