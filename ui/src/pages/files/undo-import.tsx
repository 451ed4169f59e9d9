import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type UndoSummaryJson, useUndoImport } from '../../api/files.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { useFieldLabel } from '../../components/field-name.tsx';
import { Money } from '../../components/money.tsx';

export type UndoImportProps = { webhookId: string; importId: string; fileName: string; onUndone(): void };

/** Undoes an import, after a look at what that would do. */
export function UndoImport({ webhookId, importId, fileName, onUndone }: UndoImportProps) {
  const [isOpen, setOpen] = useState(false);
  const { mutate, data, error, isPending, reset } = useUndoImport(webhookId, importId);
  const isDone = data?.dry_run === false;
  const close = () => {
    setOpen(false);
    reset();
    if (isDone) onUndone();
  };
  return (
    <>
      <Button
        size="small"
        icon={Undo2}
        onClick={() => {
          setOpen(true);
          mutate(true);
        }}
      >
        Undo import
      </Button>
      <Dialog title="Undo the import" description={<bdi>{fileName}</bdi>} isOpen={isOpen} onClose={close}>
        {data === undefined && !error && (
          <p className="text-muted text-sm">Checking what this would change…</p>
        )}
        {data !== undefined && <Summary summary={data} />}
        <FailureNote error={error} />
        <DialogActions>
          <Button onClick={close}>{isDone ? 'Close' : 'Cancel'}</Button>
          {!isDone && (
            <Button
              look="danger"
              isBusy={isPending}
              disabled={data === undefined || data.postbacks === 0}
              onClick={() => mutate(false)}
            >
              Undo
            </Button>
          )}
        </DialogActions>
      </Dialog>
    </>
  );
}

function Summary({ summary }: { summary: UndoSummaryJson }) {
  const labelOf = useFieldLabel();
  const { dry_run: isDryRun, calls, postbacks, sums, changed_since_count: left } = summary;
  if (postbacks === 0)
    return <p className="text-sm">Nothing is left to undo: all rows were undone before.</p>;
  return (
    <div className="space-y-2 text-sm">
      <p>
        {isDryRun ? 'This undoes ' : 'Undone: '}
        <strong>{postbacks.toLocaleString('en-US')} rows</strong> on {calls.toLocaleString('en-US')} calls.
      </p>
      <ul className="space-y-1">
        {Object.entries(sums).map(([field, sum]) => (
          <li key={field}>
            {labelOf(field)}: <Money amount={sum} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <p>
          {left.toLocaleString('en-US')} values {isDryRun ? 'stay' : 'stayed'} as they are, because they were
          changed after the import.
        </p>
      )}
    </div>
  );
}
