import { useState } from 'react';
import { useChangePassword } from '../../api/session.ts';
import { Dialog, FormActions } from '../../components/dialogs/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';

const passwordCharsMin = 12;
const passwordCharsMax = 200;

/** The password of who is signed in. */
export function ChangePasswordDialog({ onClose }: { onClose(): void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isTried, setTried] = useState(false);
  const change = useChangePassword();
  const toast = useToast();
  const isShort = next.length < passwordCharsMin;
  return (
    <Dialog
      title="Change your password"
      description="Your other browsers are signed out."
      isOpen
      onClose={onClose}
    >
      <Form
        error={change.error}
        className="space-y-4"
        onSubmit={() => {
          setTried(true);
          if (current === '' || isShort) return;
          change.mutate(
            { current_password: current, new_password: next },
            {
              onSuccess: () => {
                toast.done('Password changed');
                onClose();
              },
            },
          );
        }}
      >
        <TextField
          label="Current password"
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          field="current_password"
          error={isTried && current === '' ? 'Enter your current password.' : undefined}
        />
        <TextField
          label="New password"
          field="new_password"
          type="password"
          value={next}
          onChange={setNext}
          maxLength={passwordCharsMax}
          autoComplete="new-password"
          hint={`At least ${passwordCharsMin} characters`}
          error={isTried && isShort ? `Enter at least ${passwordCharsMin} characters.` : undefined}
        />
        <FailureNote error={change.error} />
        <FormActions onCancel={onClose} isBusy={change.isPending}>
          Change password
        </FormActions>
      </Form>
    </Dialog>
  );
}
