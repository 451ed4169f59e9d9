import { useEffect, useRef, useState } from 'react';
import { useFields } from '../../../api/fields.ts';
import type { FileQuery } from '../../../api/files.ts';
import { useMay } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import type { Target } from '../columns/column-draft.ts';
import { ColumnTable } from '../columns/column-table.tsx';
import { ReaderField, useReaders } from '../columns/reader-field.tsx';
import { readingQuery } from '../columns/reading.ts';
import { ReadingCard } from '../columns/reading-card.tsx';
import type { FileDraft } from '../columns/use-file-draft.ts';
import { useFileDraft } from '../columns/use-file-draft.ts';
import { UnreadableFile } from '../unreadable-file.tsx';
import { ApplyDifferences } from './apply-differences.tsx';
import { Differences } from './differences.tsx';
import { type Comparison, compare, isApplicable } from './reconcile-run.ts';

export type Scope = {
  amount: 'publisher_paid_out' | 'revenue_paid_out';
  partner: string | null;
  /** days, both included */
  from: string;
  to: string;
};

const targets: Target[] = [
  { name: 'call_log_id', label: 'Call id' },
  { name: 'phone_number', label: 'Caller’s number' },
  { name: 'started_at', label: 'Start of the call', isTime: true },
  { name: 'amount', label: 'Amount' },
];
const otherAmounts = ['publisher_paid_out', 'revenue_paid_out'];

/** A statement: how it is read, the comparison, and what is applied of it. */
export function ReconcileFile({ file, scope }: { file: File; scope: Scope }) {
  const fields = useFields();
  const mayApply = useMay('change_calls');
  const [result, setResult] = useState<{ scope: Scope; comparison: Comparison } | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [readerId, setReaderId] = useState('');
  const readers = useReaders();
  const reader = readers.find(({ id }) => id === readerId);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const { draft, error, retry } = useFileDraft(file, {
    purpose: `reconcile.${scope.amount}`,
    targets,
    fieldNames: new Set(fields.map(({ name }) => name)),
    proposedTarget: ({ field }) =>
      field === scope.amount ? 'amount' : otherAmounts.includes(field ?? '') ? '' : (field ?? ''),
    onChange: () => setResult(null),
  });
  if (draft === null) return error ? <UnreadableFile {...{ error, retry }} /> : <TableSkeleton />;
  const { inspection, reading, choices } = draft;
  const missing = whatIsMissing(draft, scope, reader !== undefined);

  const run = async () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setBusy(true);
    setFailure(null);
    setResult(null);
    try {
      const comparison = await compare(file, queryOf(draft, scope, reader?.name), abort.signal);
      setResult({ scope, comparison });
      const applicable = comparison.lines.differs.filter((line) => isApplicable(line, comparison));
      setChosen(new Set(applicable.map(({ call_log_id: id }) => id ?? '')));
      draft.keep();
    } catch (error) {
      if (!abort.signal.aborted) setFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (running.current === abort) setBusy(false);
    }
  };

  return (
    <div className="space-y-5">
      <ReaderField
        readers={readers}
        value={readerId}
        hint="Its mapping must read the call (id or number) and the amount to compare. The webhook itself gets no postbacks."
        onChange={(id) => {
          setReaderId(id);
          setResult(null);
        }}
      />
      <ReadingCard {...{ inspection, reading }} onChange={draft.changeReading} />
      {reader === undefined && (
        <ColumnTable {...{ inspection, choices, targets }} onChoose={draft.chooseColumn} />
      )}
      <div>
        {missing !== null && <p className="mb-2 text-muted text-sm">{missing}</p>}
        <Button look="primary" disabled={missing !== null} isBusy={isBusy} onClick={() => void run()}>
          Compare
        </Button>
        <FailureNote error={failure} />
      </div>
      {result !== null && (
        <>
          <div ref={scrollToIt} className="scroll-mt-4" />
          <Differences
            {...{ file, chosen }}
            comparison={result.comparison}
            onChoose={mayApply ? setChosen : null}
          />
          {mayApply && result.comparison.lines.differs.length > 0 && (
            <ApplyDifferences
              amount={result.scope.amount}
              fileName={file.name}
              lines={result.comparison.lines.differs.filter(({ call_log_id: id }) => chosen.has(id ?? ''))}
            />
          )}
        </>
      )}
    </div>
  );
}

/** What was asked for is seen when it is there. */
function scrollToIt(place: HTMLElement | null): void {
  place?.scrollIntoView({ block: 'start', behavior: 'smooth' });
}

/** @param mapping the name of a webhook; the columns mean what is chosen for them if left out */
function queryOf(
  { query, reading, inspection }: FileDraft,
  { amount, partner, from, to }: Scope,
  mapping?: string,
): FileQuery {
  return {
    ...(mapping === undefined ? query : { ...readingQuery(reading), mapping }),
    header_line: inspection.header_line,
    ...{ amount, from, to, zone: reading.zone.trim() },
    ...(partner !== null && { [amount === 'publisher_paid_out' ? 'publisher' : 'buyer']: partner }),
  };
}

function whatIsMissing(
  { choices, inspection, reading }: FileDraft,
  { from, to }: Scope,
  isMapped: boolean,
): string | null {
  const targetsChosen = choices.map(({ target }) => target);
  if (from === '' || to === '') return 'Choose the first and the last day.';
  if (isMapped) return null;
  if (!targetsChosen.includes('call_log_id') && !targetsChosen.includes('phone_number'))
    return 'Choose the column that names the call: its id, or the caller’s number.';
  if (!targetsChosen.includes('amount')) return 'Choose the column with the amount.';
  const isDated = targetsChosen.includes('started_at');
  if (isDated && inspection.ambiguous_date !== null && reading.dates === '')
    return 'Choose the order of day and month.';
  return null;
}
