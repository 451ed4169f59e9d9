import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ReconciledLine } from '../../../api/files.ts';
import { saveFile } from '../../../api/save-file.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { Tabs } from '../../../components/menus/tabs.tsx';
import { Time } from '../../../components/time.tsx';
import { Money } from '../../../components/values/money.tsx';
import { quoted } from '../import/failed-rows.ts';
import { type Comparison, type DifferenceKind, differenceKinds, isApplicable } from './reconcile-run.ts';

export type DifferencesProps = {
  file: File;
  comparison: Comparison;
  /** ids of calls */
  chosen: ReadonlySet<string>;
  /** null: nothing can be chosen */
  onChoose: ((ids: ReadonlySet<string>) => void) | null;
};

const kindNames: Record<DifferenceKind, string> = {
  differs: 'Amount differs',
  missing_here: 'Only in the statement',
  missing_there: 'Only in your records',
  rejected: 'Cannot be read',
};

const pageRows = 100;

/** Differences first, then what cannot be read. */
export function Differences({ file, comparison, chosen, onChoose }: DifferencesProps) {
  const { lines, totals } = comparison;
  const [opened, setOpened] = useState<DifferenceKind | null>(null);
  const there = differenceKinds.filter((kind) => lines[kind].length > 0);
  const open = opened ?? there[0];
  return (
    <Card
      title="Result"
      {...(there.length > 0 && {
        actions: (
          <Button
            size="small"
            icon={Download}
            onClick={() =>
              saveFile(csvOf(comparison), `${file.name.replace(/\.[^.]*$/, '')}.differences.csv`, 'text/csv')
            }
          >
            Download differences
          </Button>
        ),
      })}
    >
      <Totals totals={totals} />
      {open === undefined ? (
        <p role="status" className="mt-4 text-sm">
          Both sides agree on every call.
        </p>
      ) : (
        <div className="mt-4">
          <Tabs
            label="Differences"
            open={open}
            onOpen={(kind) => setOpened(kind as DifferenceKind)} // tabs are kinds
            tabs={there.map((kind) => ({
              id: kind,
              name: `${kindNames[kind]} ${lines[kind].length.toLocaleString('en-US')}`,
              content: <Lines {...{ kind, comparison, chosen, onChoose }} />,
            }))}
          />
        </div>
      )}
    </Card>
  );
}

function Totals({ totals }: { totals: Comparison['totals'] }) {
  const rows = [
    { name: 'Equal', ...totals.equal },
    { name: kindNames.differs, ...totals.differs },
    { name: kindNames.missing_here, ...totals.missing_here },
    { name: kindNames.missing_there, ...totals.missing_there },
  ];
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Totals"
      className="overflow-x-auto"
    >
      <table className="w-full max-w-3xl text-sm">
        <thead className="text-muted text-xs">
          <tr>
            {['', 'Calls', 'Theirs', 'Ours', 'Difference', 'Of ours held'].map((header) => (
              <td key={header} className="px-2 py-1 text-right font-medium first:text-left">
                {header}
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count, theirs, ours, difference, held }) => (
            <tr key={name} className="border-line border-t">
              <th scope="row" className="px-2 py-1 text-left font-normal">
                {name}
              </th>
              <td className="px-2 py-1 text-right">{count.toLocaleString('en-US')}</td>
              {[theirs, ours, difference, held].map((amount, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                <td key={at} className="px-2 py-1 text-right">
                  <Money amount={amount} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type LinesProps = Omit<DifferencesProps, 'file'> & { kind: DifferenceKind };

function Lines({ kind, comparison, chosen, onChoose }: LinesProps) {
  const [count, setCount] = useState(pageRows);
  const all = comparison.lines[kind];
  const isChoosable = kind === 'differs' && onChoose !== null;
  const columns = isChoosable
    ? [choiceColumn(comparison, chosen, onChoose), ...differenceColumns]
    : differenceColumns;
  const applicable = all.filter((line) => isApplicable(line, comparison));
  return (
    <div className="space-y-3">
      {isChoosable && (
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <span>{chosen.size.toLocaleString('en-US')} selected</span>
          <Button
            size="small"
            onClick={() => onChoose(new Set(applicable.map(({ call_log_id: id }) => id ?? '')))}
          >
            Select all
          </Button>
          <Button size="small" onClick={() => onChoose(new Set())}>
            Select none
          </Button>
        </div>
      )}
      <DataTable
        label={kindNames[kind]}
        rows={all.slice(0, count)}
        columns={kind === 'rejected' ? rejectedColumns : columns}
        rowId={(line) => `${line.line} ${line.call_log_id}`}
        hasMore={all.length > count}
        onMore={() => setCount(count + pageRows)}
      />
    </div>
  );
}

function choiceColumn(
  comparison: Comparison,
  chosen: ReadonlySet<string>,
  onChoose: (ids: ReadonlySet<string>) => void,
): Column<ReconciledLine> {
  return {
    id: 'choice',
    header: 'Apply',
    isOnPhone: true,
    cell: (line) => {
      const id = line.call_log_id ?? '';
      return (
        <input
          type="checkbox"
          aria-label={`Apply ${id}`}
          checked={chosen.has(id)}
          disabled={!isApplicable(line, comparison)}
          title={isApplicable(line, comparison) ? undefined : 'Another line of this call cannot be read.'}
          onChange={() => {
            const next = new Set(chosen);
            if (!next.delete(id)) next.add(id);
            onChoose(next);
          }}
        />
      );
    },
  };
}

const lineColumn: Column<ReconciledLine> = {
  id: 'line',
  header: 'Line',
  isNumber: true,
  cell: ({ line }) => line ?? '',
};
const callColumn: Column<ReconciledLine> = {
  id: 'call',
  header: 'Call',
  isOnPhone: true,
  cell: ({ call_log_id: callLogId, phone_number: phoneNumber, kind }) =>
    callLogId === null || kind === 'missing_here' ? (
      <bdi>{callLogId ?? phoneNumber ?? '–'}</bdi>
    ) : (
      <Link to="/calls/$callLogId" params={{ callLogId }} className="text-accent hover:underline">
        <bdi>{callLogId}</bdi>
      </Link>
    ),
};
const money = (id: 'theirs' | 'ours' | 'difference', header: string): Column<ReconciledLine> => ({
  id,
  header,
  isNumber: true,
  isOnPhone: true,
  cell: (line) => <Money amount={line[id] ?? null} />,
});
const notes = {
  several_lines: 'several lines',
  outside_period: 'outside the period',
  other_partner: 'booked on another partner',
};
const differenceColumns: Column<ReconciledLine>[] = [
  lineColumn,
  callColumn,
  { id: 'started_at', header: 'Started', cell: ({ started_at: at }) => <Time at={at ?? null} /> },
  money('theirs', 'Theirs'),
  money('ours', 'Ours'),
  money('difference', 'Difference'),
  {
    id: 'note',
    header: 'Note',
    cell: ({ note, held }) =>
      [note ? notes[note] : '', held ? 'held' : ''].filter((text) => text !== '').join(', '),
  },
];
const rejectedColumns: Column<ReconciledLine>[] = [
  { ...lineColumn, isOnPhone: true },
  callColumn,
  {
    id: 'why',
    header: 'Why',
    isOnPhone: true,
    cell: ({ code, detail }) => (
      <span className="break-words">
        <code className="mr-2 font-mono text-xs">{code}</code>
        {detail}
      </span>
    ),
  },
];

function csvOf({ lines }: Comparison): string[] {
  const header = 'kind,line,call_log_id,phone_number,started_at,theirs,ours,difference,held,note,detail\r\n';
  const rows = differenceKinds.flatMap((kind) => lines[kind]);
  return [
    header,
    ...rows.map((line) => {
      const texts = [line.call_log_id, line.phone_number, line.started_at].map((text) => quoted(text ?? ''));
      const amounts = [line.theirs ?? '', line.ours ?? '', line.difference ?? ''];
      const rest = [line.held === true ? 'yes' : '', line.note ?? '', quoted(line.detail ?? '')];
      return `${[line.kind, line.line ?? '', ...texts, ...amounts, ...rest].join(',')}\r\n`;
    }),
  ];
}
