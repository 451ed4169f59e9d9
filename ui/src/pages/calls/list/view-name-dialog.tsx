import { useState } from 'react';
import { useSaveView, type ViewJson } from '../../../api/calls/views.ts';
import { RequestFailed } from '../../../api/request.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog, DialogActions } from '../../../components/dialog.tsx';
import { FailureNote } from '../../../components/error-state.tsx';
import { TextField } from '../../../components/field.tsx';

type ViewNameDialogProps = {
  /** the view to rename; null: a new one */
  view: ViewJson | null;
  query: Record<string, string>;
  onClose(): void;
  onSaved(view: ViewJson): void;
};

export function ViewNameDialog({ view, query, onClose, onSaved }: ViewNameDialogProps) {
  const [name, setName] = useState(view?.name ?? '');
  const save = useSaveView();
  const isTaken = save.error instanceof RequestFailed && save.error.code === 'name_taken';
  return (
    <Dialog
      title={view === null ? 'Save as a new view' : 'Rename the view'}
      {...(view === null && {
        description: 'Its filters, period and sort. All people of the account see it.',
      })}
      isOpen
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(view === null ? { name, query } : { id: view.id, name }, {
            onSuccess: (saved) => {
              onSaved(saved);
              onClose();
            },
          });
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={(text) => {
            setName(text);
            save.reset();
          }}
          error={isTaken ? save.error?.message : undefined}
          maxLength={200}
          required
          autoComplete="off"
        />
        <FailureNote error={isTaken ? null : save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
