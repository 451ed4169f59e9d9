import { type ReactNode, useEffect } from 'react';
import type { ManyRun } from '../../api/postbacks/many-run.ts';
import { Button, type ButtonProps } from '../../components/button.tsx';
import { Progress } from '../../components/charts/progress.tsx';
import { Dialog, DialogActions } from '../../components/dialogs/dialog.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';

export type ManyRunDialogProps<Result> = {
  title: string;
  description: ReactNode;
  dry: ManyRun<Result>;
  real: ManyRun<Result>;
  /** how many postbacks the dry run found; null: not known yet */
  planned: number | null;
  /** the dry run found nothing that a real one would do */
  isIdle?: boolean;
  /** above the bar while the real run is under way */
  progress: string;
  /** what happens to a run that is under way when the dialog closes */
  lost: string;
  action: string;
  look: NonNullable<ButtonProps['look']>;
  /** nothing is left to do */
  isFinished: boolean;
  /** @param isDone whether anything may have been done */
  onClose(isDone: boolean): void;
  children(result: Result): ReactNode;
};

/** Does something to many postbacks: first a dry run, then the real one with its progress and its result. */
export function ManyRunDialog<Result>(props: ManyRunDialogProps<Result>) {
  const { dry, real, planned, onClose, children } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    dry.mutate(true);
    return dry.stop;
  }, []);
  const result = real.data ?? dry.data;
  const isStopped = real.error instanceof DOMException;
  return (
    <Dialog
      title={props.title}
      description={props.description}
      isOpen
      isSticky={real.isPending}
      lost={props.lost}
      onClose={() => {
        real.stop();
        onClose(!real.isIdle);
      }}
    >
      {real.isPending ? (
        <Progress label={props.progress} done={real.done} total={planned} />
      ) : (
        dry.isPending && <Progress label="Checked" done={dry.done} total={null} />
      )}
      {result !== undefined && !real.isPending && children(result)}
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
        {!props.isFinished && (
          <Button
            look={props.look}
            isBusy={real.isPending}
            disabled={planned === null || planned === 0 || props.isIdle === true}
            onClick={() => real.mutate(false)}
          >
            {props.action}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
