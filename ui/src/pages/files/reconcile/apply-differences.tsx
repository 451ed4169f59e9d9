import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReconciledLine } from '../../../api/files.ts';
import { useSession } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { countOf } from '../../../components/values/count-of.ts';
import { useFieldLabel } from '../../../components/values/field-name.tsx';
import { Money } from '../../../components/values/money.tsx';
import type { Reading } from '../columns/reading.ts';
import { keepImport } from '../columns/stored-choices.ts';
import { newRun, type RunState, runImport } from '../import/import-run.ts';
import { RunView } from '../import/run-view.tsx';
import { addAmounts } from '../import/sums.ts';
import { UndoImport } from '../import/undo-import.tsx';

export type ApplyDifferencesProps = {
  amount: 'publisher_paid_out' | 'revenue_paid_out';
  fileName: string;
  /** those that are selected */
  lines: readonly ReconciledLine[];
};

const asLines: Reading = { delimiter: null, headerLine: null, amounts: '', dates: '', zone: '' };
const reasonCharsMax = 500;

/** Sets our amounts to those of the statement: an import, which can be undone as one. */
export function ApplyDifferences({ amount, fileName, lines }: ApplyDifferencesProps) {
  const labelOf = useFieldLabel();
  const { account } = useSession();
  const client = useQueryClient();
  const [applied, setApplied] = useState<{ file: File; run: RunState } | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const sum = (side: 'theirs' | 'ours') =>
    lines.reduce((total, line) => addAmounts(total, line[side] ?? '0'), '0');

  const start = async (file: File, begun: RunState) => {
    const abort = new AbortController();
    running.current = abort;
    const tell = (run: RunState) => {
      setApplied({ file, run });
      const { importId, webhookId, rows, counts } = run;
      if (importId === null || webhookId === null) return;
      const at = new Date().toISOString();
      keepImport(account.name, {
        ...{ importId, webhookId, at, rows },
        fileName: file.name,
        applied: counts.applied,
      });
    };
    tell(begun);
    const query = { type: 'update_fields', import_key: begun.importKey };
    await runImport({ file, reading: asLines, query, isDryRun: false }, begun, abort.signal, tell);
    void client.invalidateQueries({ queryKey: ['calls'] });
  };
  const apply = () => {
    const reason = `Reconciled with ${fileName}`.slice(0, reasonCharsMax);
    const rows = lines.map(
      ({ call_log_id: id, theirs }) => `${JSON.stringify({ call_log_id: id, [amount]: theirs, reason })}\n`,
    );
    // A separate key: the same statement may have to be applied again, after others changed the calls.
    const importKey = `reconcile-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    void start(new File(rows, `${fileName} applied.ndjson`), { ...newRun(false), importKey });
  };

  if (applied !== null) {
    const { file, run } = applied;
    const { importId, webhookId, phase } = run;
    return (
      <Card
        title="Applied"
        {...(importId !== null &&
          webhookId !== null &&
          phase !== 'running' && {
            actions: <UndoImport {...{ webhookId, importId, fileName }} onUndone={() => setApplied(null)} />,
          })}
      >
        <RunView
          {...{ run, file }}
          onStop={() => running.current?.abort()}
          onContinue={() => void start(file, run)}
        />
      </Card>
    );
  }
  return (
    <Card title="Apply">
      <p className="text-sm">
        Sets {labelOf(amount)} of {countOf(lines.length, 'selected call')} to the amounts of the statement:{' '}
        <Money amount={sum('ours')} /> becomes <Money amount={sum('theirs')} />. Calls that only one side has
        stay as they are.
      </p>
      <div className="mt-3">
        <Button look="primary" disabled={lines.length === 0} onClick={apply}>
          Apply selected differences
        </Button>
      </div>
    </Card>
  );
}
