import { useState } from 'react';
import { useAcceptInvitation } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';

const passwordCharsMin = 12;
const passwordCharsMax = 200;

export type Invitation = { secret: string; email: string };

/** Sets the password of the person whom an invitation link names. */
export function AcceptInvitation({
  invitation: { secret, email },
  onSignedIn,
}: {
  invitation: Invitation;
  onSignedIn(): void;
}) {
  const [password, setPassword] = useState('');
  const [isTried, setTried] = useState(false);
  const accept = useAcceptInvitation();
  const isShort = password.length < passwordCharsMin;
  return (
    <Form
      error={accept.error}
      className="mt-5 space-y-4"
      onSubmit={() => {
        setTried(true);
        if (!isShort) accept.mutate({ invitation: secret, password }, { onSuccess: onSignedIn });
      }}
    >
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        value={email}
        onChange={() => {}}
        readOnly
        autoComplete="username"
      />
      <TextField
        label="New password"
        type="password"
        name="password"
        field="password"
        value={password}
        onChange={setPassword}
        maxLength={passwordCharsMax}
        autoFocus
        autoComplete="new-password"
        hint={`At least ${passwordCharsMin} characters`}
        error={isTried && isShort ? `Enter at least ${passwordCharsMin} characters.` : undefined}
      />
      <FailureNote error={accept.error} />
      <div className="grid">
        <Button type="submit" look="primary" isBusy={accept.isPending}>
          Set password and sign in
        </Button>
      </div>
    </Form>
  );
}
