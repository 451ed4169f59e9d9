import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { type UndoAnswer, useUndo, useUndoPreview } from '../../../api/postbacks/undo.ts';
import { useMay } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog, DialogActions } from '../../../components/dialogs/dialog.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { Preview } from '../../inbox/preview.tsx';

/** True for a postback whose effect can be taken back, or that can be canceled. */
function isUndoable({ status, dry_run, undo_of, undone_by }: PostbackJson): boolean {
  return (
    !dry_run &&
    undo_of === null &&
    undone_by === null &&
    ['applied', 'unchanged', 'queued', 'waiting'].includes(status)
  );
}

/** The button of a postback's page; nothing where there is nothing to undo. */
export function UndoButton({ postback }: { postback: PostbackJson }) {
  const [isOpen, setOpen] = useState(false);
  const mayUndo = useMay('change_calls');
  if (!mayUndo || (!isUndoable(postback) && !isOpen)) return null;
  const isPending = postback.status === 'queued' || postback.status === 'waiting';
  return (
    <>
      <Button icon={Undo2} onClick={() => setOpen(true)}>
        {isPending ? 'Cancel' : 'Undo'}
      </Button>
      {isOpen && <UndoDialog id={postback.id} isPending={isPending} onClose={() => setOpen(false)} />}
    </>
  );
}

type UndoDialogProps = { id: string; isPending: boolean; onClose(): void };

function UndoDialog({ id, isPending, onClose }: UndoDialogProps) {
  const preview = useUndoPreview(id);
  const undo = useUndo(id);
  const toast = useToast();
  const submit = () =>
    undo.mutate(undefined, {
      onSuccess: ({ duplicate, canceled }) => {
        toast.done(duplicate ? 'It was undone before' : canceled === true ? 'Canceled' : 'Undone');
        onClose();
      },
    });
  return (
    <Dialog
      title={isPending ? 'Cancel this postback' : 'Undo this postback'}
      description={
        isPending
          ? 'It has not been applied yet, and never will be.'
          : 'Each field returns to its value from before, unless it was changed since. The undo is a separate postback in the log.'
      }
      isOpen
      onClose={onClose}
    >
      <Preview answer={preview.data} error={preview.error} sentenceOf={sentenceOf} />
      <FailureNote error={undo.error} />
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" onClick={submit} isBusy={undo.isPending} disabled={preview.data === undefined}>
          {isPending ? 'Cancel the postback' : 'Undo now'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function sentenceOf({ duplicate, canceled, changes }: UndoAnswer): string {
  if (duplicate) return 'It was undone before: nothing would be done again.';
  if (canceled === true) return 'It would be canceled, and changes nothing.';
  return Object.keys(changes).length > 0 ? 'These values would return:' : 'No value would change.';
}
