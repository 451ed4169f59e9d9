import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { useFirstSteps, useLoadSample, useRemoveSample } from '../../api/first-steps.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialogs/confirm-dialog.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';

/** Says above the figures that they are made up, and removes what they are made of. */
export function SampleNote() {
  const { data } = useFirstSteps();
  const mayRemove = useMay('change_calls');
  const [isRemoving, setRemoving] = useState(false);
  const sample = data?.sample_data ?? null;
  if (sample === null) return null;
  return (
    <section
      aria-label="Sample data"
      className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-held-soft px-4 py-2.5 text-held text-sm"
    >
      <p className="flex items-center gap-2.5">
        <FlaskConical aria-hidden className="size-4 shrink-0" />
        <span>
          <strong className="font-semibold">Sample data is loaded.</strong> {sample.calls} calls and the
          webhook “Sample buyer” are made up, and figures count them.
        </span>
      </p>
      {mayRemove && (
        <Button size="small" onClick={() => setRemoving(true)}>
          Remove sample data
        </Button>
      )}
      {isRemoving && <RemoveDialog calls={sample.calls} onClose={() => setRemoving(false)} />}
    </section>
  );
}

function RemoveDialog({ calls, onClose }: { calls: number; onClose(): void }) {
  const remove = useRemoveSample();
  const toast = useToast();
  return (
    <ConfirmDialog
      title="Remove the sample data?"
      action="Remove"
      isOpen
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            toast.done('Sample data removed');
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        This removes the {calls} sample calls with all postbacks to them, and the webhook “Sample buyer”. Your
        own calls, webhooks and postbacks stay.
      </p>
    </ConfirmDialog>
  );
}

/** For an account without calls. */
export function LoadSample() {
  const load = useLoadSample();
  return (
    <div className="mt-5 border-line border-t pt-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted text-sm">
          Or look around first, with made-up calls and postbacks of two weeks. They are removed with one
          click.
        </p>
        <Button icon={FlaskConical} isBusy={load.isPending} onClick={() => load.mutate()}>
          Load sample data
        </Button>
      </div>
      <FailureNote error={load.error} />
    </div>
  );
}
