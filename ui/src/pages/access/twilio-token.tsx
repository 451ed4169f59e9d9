import { useState } from 'react';
import { useChangeAccount } from '../../api/accounts.ts';
import { Button } from '../../components/button.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { useToast } from '../../components/toast.tsx';

/** The secret that Twilio signs its callbacks with. It is written, and never read back. */
export function TwilioToken() {
  const [token, setToken] = useState('');
  const change = useChangeAccount();
  const toast = useToast();
  const set = (secret: string | null) =>
    change.mutate(
      { twilio_auth_token: secret },
      {
        onSuccess: () => {
          setToken('');
          toast.done(secret === null ? 'Taken away' : 'Set: callbacks signed with it are taken');
        },
      },
    );
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== '') set(token.trim());
      }}
    >
      <TextField
        label="Twilio auth token"
        type="password"
        value={token}
        onChange={setToken}
        maxLength={200}
        autoComplete="off"
        hint="Status callbacks must be signed with it. It is not shown again; without one here, the setting TWILIO_AUTH_TOKEN counts for the first account"
      />
      <FailureNote error={change.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => set(null)} disabled={change.isPending}>
          Take it away
        </Button>
        <Button type="submit" look="primary" isBusy={change.isPending} disabled={token.trim() === ''}>
          Set it
        </Button>
      </div>
    </form>
  );
}
