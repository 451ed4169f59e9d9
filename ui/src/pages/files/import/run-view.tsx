import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { memo, useState } from 'react';
import type { ImportedRow } from '../../../api/files.ts';
import { saveFile } from '../../../api/save-file.ts';
import { Button } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { Tabs } from '../../../components/menus/tabs.tsx';
import { ChangedValue } from '../../../components/values/changes.tsx';
import { useFieldLabel } from '../../../components/values/field-name.tsx';
import { Money } from '../../../components/values/money.tsx';
import { type OutcomeName, outcomes, type RunState } from './import-run.ts';

export type RunViewProps = {
  run: RunState;
  file: File;
  onStop(): void;
  /** goes on with an import that was stopped or broke off */
  onContinue(): void;
};

/** An import while it runs, and its result by outcome. */
export function RunView({ run, file, onStop, onContinue }: RunViewProps) {
  const { phase, isDryRun, rows, error, mayContinue, duplicates } = run;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-3">
        <progress
          aria-label={isDryRun ? 'Preview' : 'Import'}
          max={file.size}
          value={run.doneBytes}
          className="h-2 min-w-40 flex-1 appearance-none overflow-hidden rounded-full bg-raised [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-raised [&::-webkit-progress-value]:bg-accent"
        />
        <p role="status" className="text-sm tabular-nums">
          {rows.toLocaleString('en-US')} rows{phaseWords[phase]}
        </p>
        {phase === 'running' && (
          <Button size="small" onClick={onStop}>
            Stop
          </Button>
        )}
        {mayContinue && phase !== 'running' && (
          <Button size="small" onClick={onContinue}>
            Continue
          </Button>
        )}
      </div>
      {error !== null && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger text-sm">
          {error}
        </p>
      )}
      {duplicates > 0 && (
        <p className="rounded-md bg-held-soft px-3 py-2 text-held text-sm">
          {duplicates.toLocaleString('en-US')} rows were imported before from this file, and are not done
          again.
        </p>
      )}
      {rows > 0 && <ChangeSums run={run} />}
      {rows > 0 && <Outcomes run={run} file={file} />}
    </div>
  );
}

const phaseWords = { running: ' so far', done: '', stopped: ', then stopped', failed: ', then it broke off' };

/** What was, or would be, changed in all. */
function ChangeSums({ run: { changes, isDryRun, ignoredColumns } }: { run: RunState }) {
  const labelOf = useFieldLabel();
  const entries = Object.entries(changes);
  return (
    <div className="text-sm">
      {entries.length > 0 && (
        <table className="w-full max-w-xl">
          <thead className="text-left text-muted text-xs">
            <tr>
              <th className="py-1 font-medium">{isDryRun ? 'Would change' : 'Changed'}</th>
              <th className="py-1 text-right font-medium">Rows</th>
              <th className="py-1 text-right font-medium">Sum before</th>
              <th className="py-1 text-right font-medium">Sum after</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(([field, { rows, from, to }]) => (
              <tr key={field} className="border-line border-t">
                <td className="py-1">{field === 'tags' ? 'Tags' : labelOf(field)}</td>
                <td className="py-1 text-right">{rows.toLocaleString('en-US')}</td>
                <td className="py-1 text-right">{from === undefined ? '' : <Money amount={from} />}</td>
                <td className="py-1 text-right">{to === undefined ? '' : <Money amount={to} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {ignoredColumns.length > 0 && (
        <p className="mt-2 text-muted">Columns left out: {ignoredColumns.join(', ')}</p>
      )}
    </div>
  );
}

function Outcomes({ run, file }: { run: RunState; file: File }) {
  const [chosen, setChosen] = useState<OutcomeName | null>(null);
  const { counts, shown, isDryRun, codes, failed } = run;
  const there = outcomes.filter((name) => counts[name] > 0);
  const open = chosen !== null && counts[chosen] > 0 ? chosen : there[0];
  if (open === undefined) return null;
  const tabs = there.map((name) => ({
    id: name,
    name: `${(isDryRun ? wouldBe : was)[name]} ${counts[name].toLocaleString('en-US')}`,
    content: (
      <div className="space-y-3">
        {name === 'rejected' && (
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-sm">
              {Object.entries(codes).map(([code, count]) => (
                <span key={code} className="mr-3 whitespace-nowrap">
                  <code className="font-mono text-xs">{code}</code> {count.toLocaleString('en-US')}
                </span>
              ))}
            </p>
            <Button
              size="small"
              icon={Download}
              onClick={() => saveFile(failed, failedName(file.name), 'text/csv')}
            >
              Download rejected rows
            </Button>
          </div>
        )}
        <Rows rows={shown[name]} total={counts[name]} />
      </div>
    ),
  }));
  return (
    <Tabs label="Result by outcome" tabs={tabs} open={open} onOpen={(id) => setChosen(id as OutcomeName)} />
  ); // tabs are outcomes
}

const pageRows = 50;

/** The table stays the same while rows behind those that are shown come in. */
const Rows = memo(function Rows({ rows, total }: { rows: readonly ImportedRow[]; total: number }) {
  const [count, setCount] = useState(pageRows);
  return (
    <>
      <DataTable
        label="Rows"
        rows={rows.slice(0, count)}
        columns={columns}
        rowId={({ row }) => String(row)}
        hasMore={rows.length > count}
        onMore={() => setCount(count + pageRows)}
      />
      {total > rows.length && count >= rows.length && (
        <p className="text-muted text-sm">The first {rows.length} of them are listed.</p>
      )}
    </>
  );
});

const was: Record<OutcomeName, string> = {
  created: 'New calls',
  applied: 'Changed',
  queued: 'Waiting for the end of the call',
  waiting: 'Waiting for the call',
  unchanged: 'Already so',
  ignored: 'Not concerned',
  rejected: 'Rejected',
};
const wouldBe: Record<OutcomeName, string> = {
  ...was,
  applied: 'Would change',
  rejected: 'Would be rejected',
};

function failedName(name: string): string {
  return name.replace(/(\.[^.]*)?$/, (end) => `.rejected${end || '.csv'}`);
}

const columns: Column<ImportedRow>[] = [
  { id: 'line', header: 'Line', isNumber: true, isOnPhone: true, cell: ({ line }) => line },
  {
    id: 'call',
    header: 'Call',
    isOnPhone: true,
    cell: ({ call_log_id: callLogId }) =>
      callLogId === undefined || callLogId === null ? (
        <span className="text-muted">–</span>
      ) : (
        <Link to="/calls/$callLogId" params={{ callLogId }} className="text-accent hover:underline">
          <bdi>{callLogId}</bdi>
        </Link>
      ),
  },
  { id: 'effect', header: 'Effect', isOnPhone: true, cell: (row) => <Effect row={row} /> },
];

function Effect({ row: { changes = {}, code, detail, duplicate } }: { row: ImportedRow }) {
  const labelOf = useFieldLabel();
  if (code !== undefined)
    return (
      <span className="break-words">
        <code className="mr-2 font-mono text-xs">{code}</code>
        {detail}
      </span>
    );
  return (
    <span>
      {duplicate && <span className="mr-2 text-muted">done before</span>}
      {Object.entries(changes).map(([field, { from, to }]) => (
        <span key={field} className="mr-3 inline-block">
          <span className="text-muted">
            {field.startsWith('tags.') ? `Tag ${field.slice(5)}` : labelOf(field)}
          </span>{' '}
          {from !== null && from !== undefined && (
            <>
              <bdi className="text-muted line-through">
                <ChangedValue value={from} />
              </bdi>{' '}
            </>
          )}
          <bdi className="font-medium">
            {to === null || to === undefined ? 'none' : <ChangedValue value={to} />}
          </bdi>
        </span>
      ))}
    </span>
  );
}
