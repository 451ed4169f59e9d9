import { useState } from 'react';
import { useDismiss } from '../../api/postbacks/inbox.ts';
import { Dialog, FormActions } from '../../components/dialogs/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';

const reasonCharsMax = 500;

export function DismissDialog({ id, onClose }: { id: string; onClose(): void }) {
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const toast = useToast();
  const dismiss = useDismiss(id, () => {
    toast.done('Dismissed');
    onClose();
  });
  const isMissing = reason.trim() === '';
  const submit = () => {
    setChecked(true);
    if (!isMissing) dismiss.mutate(reason.trim());
  };
  return (
    <Dialog
      title="Dismiss this postback"
      description="It stops waiting and leaves the inbox. The log keeps it, with your reason."
      isOpen
      onClose={onClose}
    >
      <Form
        error={dismiss.error}
        onSubmit={() => {
          submit();
        }}
      >
        <TextField
          label="Reason"
          field="reason"
          value={reason}
          onChange={setReason}
          maxLength={reasonCharsMax}
          placeholder="A test call"
          error={isChecked && isMissing ? 'Enter a reason.' : undefined}
        />
        <FailureNote error={dismiss.error} />
        <FormActions onCancel={onClose} isBusy={dismiss.isPending}>
          Dismiss
        </FormActions>
      </Form>
    </Dialog>
  );
}
