import { useState } from 'react';
import {
  type CallChangesResult,
  type CallSelection,
  useChangeCalls,
  useUndoChange,
} from '../../../api/calls/call-changes.ts';
import { Button } from '../../../components/button.tsx';
import { Progress } from '../../../components/charts/progress.tsx';
import { Dialog, DialogActions, FormActions } from '../../../components/dialogs/dialog.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { countOf } from '../../../components/values/count-of.ts';
import { BulkResult } from './bulk-result.tsx';

type BulkDialogProps = { selection: CallSelection; onClose(): void; onDone(): void };

const acts = [
  { value: 'hold', label: 'Hold the payout' },
  { value: 'release', label: 'Release the payout' },
  { value: 'reason', label: 'Set the reason' },
  { value: 'tag', label: 'Add a tag' },
];
const holds = ['Campaign preconversion', 'Condition not met', 'Caps exceeded'].map((value) => ({
  value,
  label: value,
}));

/** One change of all selected calls: first what it would do, then its progress, its result and its undo. */
export function BulkDialog({ selection, onClose, onDone }: BulkDialogProps) {
  const [act, setAct] = useState('hold');
  const [hold, setHold] = useState(holds[0]?.value ?? '');
  const [text, setText] = useState('');
  const [tag, setTag] = useState({ key: '', value: '' });
  const [isTried, setTried] = useState(false);
  const preview = useChangeCalls(selection);
  const run = useChangeCalls(selection);
  const undo = useUndoChange();
  const change = changeOf(act, hold, text, tag);
  const isBusy = run.isPending || undo.isPending;
  const finish = () => {
    if (run.data !== undefined) onDone();
    onClose();
  };
  return (
    <Dialog
      title="Change the selected calls"
      description="The rules of postbacks apply. The timeline of each call shows the change with your name."
      isOpen
      isSticky={isBusy}
      lost="The change stops where it is. What is done can be undone on the page of its webhook."
      onClose={finish}
    >
      {preview.data === undefined && run.data === undefined && (
        <Form
          error={preview.error}
          className="space-y-4"
          onSubmit={() => {
            setTried(true);
            const isMissing =
              (act === 'reason' && text.trim() === '') || (act === 'tag' && tag.key.trim() === '');
            if (!isMissing) preview.mutate({ change, isDryRun: true });
          }}
        >
          <SelectField label="Change" value={act} choices={acts} onChange={setAct} />
          {act === 'hold' && (
            <SelectField label="No-payout reason" value={hold} choices={holds} onChange={setHold} />
          )}
          {act === 'reason' && (
            <TextField
              label="Reason"
              value={text}
              onChange={setText}
              maxLength={500}
              error={isTried && text.trim() === '' ? 'Enter the reason.' : undefined}
            />
          )}
          {act === 'tag' && (
            <div className="grid grid-cols-2 gap-3">
              <TextField
                label="Tag key"
                value={tag.key}
                onChange={(key) => setTag({ ...tag, key })}
                error={isTried && tag.key.trim() === '' ? 'Enter the key.' : undefined}
              />
              <TextField
                label="Tag value"
                value={tag.value}
                onChange={(value) => setTag({ ...tag, value })}
              />
            </div>
          )}
          <Following name="Checked" {...preview} />
          <FormActions onCancel={onClose} isBusy={preview.isPending}>
            Review
          </FormActions>
        </Form>
      )}
      {preview.data !== undefined && run.data === undefined && (
        <>
          <p className="mb-3 text-sm">
            <bdi>{wordsFor(act, hold, text, tag)}</bdi>
          </p>
          <BulkResult result={preview.data} />
          <Following name="Changed" {...run} />
          <DialogActions>
            <Button disabled={isBusy} onClick={() => preview.reset()}>
              Back
            </Button>
            <Button
              look="primary"
              isBusy={run.isPending}
              disabled={changedOf(preview.data) === 0}
              onClick={() => run.mutate({ change, isDryRun: false })}
            >
              Change {countOf(changedOf(preview.data), 'call')}
            </Button>
          </DialogActions>
        </>
      )}
      {run.data !== undefined && (
        <>
          {undo.data === undefined ? (
            <BulkResult result={run.data} />
          ) : (
            <p role="status">Undone: {countOf(undo.data.applied, 'call')} restored.</p>
          )}
          <FailureNote error={undo.error} />
          <DialogActions>
            {undo.data === undefined && (
              <Button isBusy={undo.isPending} onClick={() => run.data && undo.mutate(run.data.summary)}>
                Undo
              </Button>
            )}
            <Button look="primary" disabled={isBusy} onClick={finish}>
              Done
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}

type FollowingProps = { name: string; error: Error | null; progress: { done: number; total: number } | null };

function Following({ name, error, progress }: FollowingProps) {
  return (
    <>
      {progress !== null && <Progress label={name} done={progress.done} total={progress.total} />}
      <FailureNote error={error} />
    </>
  );
}

function changeOf(act: string, hold: string, text: string, tag: { key: string; value: string }): object {
  if (act === 'hold') return { no_payout_reason: hold };
  if (act === 'release') return { no_payout_reason: null };
  return act === 'reason' ? { reason: text } : { add: [tag] };
}

function wordsFor(act: string, hold: string, text: string, tag: { key: string; value: string }): string {
  if (act === 'hold') return `The payout is held: ${hold}.`;
  if (act === 'release') return 'The payout is no longer held.';
  return act === 'reason'
    ? `The reason becomes “${text.trim()}”.`
    : `The tag ${tag.key} becomes “${tag.value}”.`;
}

/** Calls that change, at once or when they complete. */
function changedOf({ summary }: CallChangesResult): number {
  return summary.applied + summary.queued;
}
