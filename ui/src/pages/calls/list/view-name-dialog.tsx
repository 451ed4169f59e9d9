import { useState } from 'react';
import { useSaveView, type ViewJson } from '../../../api/calls/views.ts';
import { Dialog, FormActions } from '../../../components/dialogs/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';

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
  const [isTried, setTried] = useState(false);
  const isNameless = name.trim() === '';
  return (
    <Dialog
      title={view === null ? 'Save as a new view' : 'Rename the view'}
      {...(view === null && {
        description: 'Its filters, period and sort. All people of the account see it.',
      })}
      isOpen
      onClose={onClose}
    >
      <Form
        error={save.error}
        onSubmit={() => {
          setTried(true);
          if (isNameless) return;
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
          field="name"
          error={isTried && isNameless ? 'Name the view.' : undefined}
          maxLength={200}
          autoComplete="off"
        />
        <FailureNote error={save.error} />
        <FormActions onCancel={onClose} isBusy={save.isPending}>
          Save
        </FormActions>
      </Form>
    </Dialog>
  );
}
