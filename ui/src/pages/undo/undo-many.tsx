import { useEffect } from 'react';
import { type UndoScope, useUndoMany } from '../../api/postbacks/undo-many.ts';
import { Button } from '../../components/button.tsx';
import { Progress } from '../../components/charts/progress.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { UndoSummary } from './undo-summary.tsx';

export type UndoManyProps = {
  title: string;
  description: React.ReactNode;
  webhookId: string;
  scope: UndoScope;
  /** @param isDone whether anything may have been undone */
  onClose(isDone: boolean): void;
};

/** Undoes many postbacks: first a dry run, then the undo with its progress and its result. */
export function UndoMany({ title, description, webhookId, scope, onClose }: UndoManyProps) {
  const dry = useUndoMany(webhookId, scope);
  const real = useUndoMany(webhookId, scope);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    dry.mutate(true);
    return dry.stop;
  }, []);
  const planned = dry.data?.summary.postbacks ?? null;
  const result = real.data ?? dry.data;
  const isStopped = real.error instanceof DOMException;
  return (
    <Dialog
      title={title}
      description={description}
      isOpen
      isSticky={real.isPending}
      lost="The undo stops where it is. Start it again to undo the others."
      onClose={() => {
        real.stop();
        onClose(!real.isIdle);
      }}
    >
      {real.isPending ? (
        <Progress label="Undoing" done={real.done} total={planned} />
      ) : (
        dry.isPending && <Progress label="Checked" done={dry.done} total={null} />
      )}
      {result !== undefined && !real.isPending && <UndoSummary result={result} />}
      {isStopped ? (
        <p role="status" className="mt-3 text-sm">
          Stopped after {real.done.toLocaleString('en-US')} postbacks.
        </p>
      ) : (
        <FailureNote error={real.error ?? (dry.error instanceof DOMException ? null : dry.error)} />
      )}
      <DialogActions>
        {real.isPending ? (
          <Button onClick={real.stop}>Stop</Button>
        ) : (
          <Button onClick={() => onClose(!real.isIdle)}>{real.isIdle ? 'Cancel' : 'Close'}</Button>
        )}
        {!isFinished(real.data) && (
          <Button
            look="danger"
            isBusy={real.isPending}
            disabled={planned === null || planned === 0}
            onClick={() => real.mutate(false)}
          >
            {real.isIdle || real.isPending ? 'Undo' : 'Undo the others'}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function isFinished(result: ReturnType<typeof useUndoMany>['data']): boolean {
  return result !== undefined && result.fault === null;
}
