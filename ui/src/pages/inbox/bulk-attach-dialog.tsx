import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { useFieldLabel } from '../../components/field-name.tsx';
import { Progress } from '../../components/progress.tsx';
import { type Pair, type PairResult, useBulkAttach } from './bulk-attach.ts';

/** Attaches each postback to the only call of its number: first all of them as a dry run. */
export function BulkAttachDialog({ pairs, onClose }: { pairs: Pair[]; onClose(): void }) {
  const [fixed] = useState(pairs); // the list behind the dialog goes on changing
  const { run, start, stop } = useBulkAttach(fixed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    void start(true);
    return stop;
  }, []);
  const isDone = run !== null && !run.isDryRun && run.results !== null;
  const isRunning = run !== null && run.results === null;
  return (
    <Dialog
      title={`Attach ${count(fixed.length, 'postback')}`}
      description="Each of them has exactly one call of the same number near it, and is attached to that call."
      isOpen
      isSticky={isRunning && run.isDryRun === false}
      onClose={onClose}
    >
      {run !== null && run.results === null && (
        <Progress
          label={run.isDryRun ? 'Checking what they would do' : 'Attaching'}
          done={run.done}
          total={fixed.length}
        />
      )}
      {run?.results && <Results results={run.results} isDryRun={run.isDryRun} />}
      <DialogActions>
        <Button onClick={onClose}>{isDone ? 'Close' : 'Cancel'}</Button>
        {!isDone && (
          <Button
            look="primary"
            onClick={() => void start(false)}
            isBusy={isRunning && run.isDryRun === false}
            disabled={run?.results == null}
          >
            Attach all
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Results({ results, isDryRun }: { results: PairResult[]; isDryRun: boolean }) {
  const labelOf = useFieldLabel();
  const failed = results.filter(({ error }) => error !== null);
  const fields = new Map<string, number>();
  let changed = 0;
  let queued = 0;
  for (const { answer } of results) {
    if (answer === null) continue;
    const names = Object.keys(answer.changes);
    if (answer.status === 'queued') queued += 1;
    else if (names.length > 0) changed += 1;
    for (const name of names) fields.set(name, (fields.get(name) ?? 0) + 1);
  }
  const rest = results.length - failed.length - changed - queued;
  const would = isDryRun ? 'would be ' : '';
  return (
    <div role="status" className="space-y-2 rounded-md bg-raised p-3 text-sm">
      <ul className="space-y-1">
        <li>
          <strong>{changed}</strong> {would}applied
          {fields.size > 0 &&
            `: ${[...fields].map(([name, number]) => `${labelOf(name)} ${number}`).join(', ')}`}
        </li>
        {queued > 0 && (
          <li>
            <strong>{queued}</strong> {would}queued until their calls complete
          </li>
        )}
        {rest > 0 && (
          <li>
            <strong>{rest}</strong> {isDryRun ? 'would change' : 'changed'} nothing
          </li>
        )}
        {failed.length > 0 && (
          <li className="text-danger">
            <strong>{failed.length}</strong> {would}rejected: {failed[0]?.error?.message}
          </li>
        )}
      </ul>
    </div>
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
