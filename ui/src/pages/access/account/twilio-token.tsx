import { useState } from 'react';
import { useChangeAccount } from '../../../api/access/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { useToast } from '../../../components/toast.tsx';

/** The secret that Twilio signs its callbacks with. The server tells whether it is set, never what it is. */
export function TwilioToken({ isSet }: { isSet: boolean }) {
  const [token, setToken] = useState('');
  const change = useChangeAccount();
  const toast = useToast();
  const save = () =>
    change.mutate(
      { twilio_auth_token: token.trim() },
      {
        onSuccess: () => {
          setToken('');
          toast.done('Saved: callbacks must be signed with this token from now on');
        },
      },
    );
  return (
    <Form
      error={change.error}
      className="space-y-4"
      onSubmit={() => {
        if (token.trim() !== '') save();
      }}
    >
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <StatusBadge status={isSet ? 'active' : 'unchanged'}>{isSet ? 'set' : 'not set'}</StatusBadge>
        {isSet
          ? 'A token is set. Status callbacks must be signed with it.'
          : 'No token is set. Status callbacks are rejected, unless the setting TWILIO_AUTH_TOKEN has one (first account only).'}
      </p>
      <TextField
        label={isSet ? 'New Twilio auth token' : 'Twilio auth token'}
        type="password"
        field="twilio_auth_token"
        value={token}
        onChange={setToken}
        maxLength={200}
        autoComplete="off"
        hint="From the Twilio console, Account Info. It is not shown again."
      />
      <FailureNote error={change.error} />
      <div className="flex flex-wrap justify-end gap-2">
        {isSet && <RemoveToken />}
        <Button type="submit" look="primary" isBusy={change.isPending} disabled={token.trim() === ''}>
          Set the token
        </Button>
      </div>
    </Form>
  );
}

function RemoveToken() {
  const [isAsking, setAsking] = useState(false);
  const change = useChangeAccount();
  const toast = useToast();
  const remove = () =>
    change.mutate({ twilio_auth_token: null }, { onSuccess: () => toast.done('The token is removed') });
  return (
    <>
      <Button onClick={() => setAsking(true)}>Remove the token</Button>
      <ConfirmDialog
        title="Remove the Twilio auth token?"
        action="Remove the token"
        isOpen={isAsking}
        isBusy={change.isPending}
        error={change.error}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      >
        <p>Status callbacks of Twilio are rejected until a token is set again. Calls keep their values.</p>
      </ConfirmDialog>
    </>
  );
}
