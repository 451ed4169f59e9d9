import { useState } from 'react';
import { usePasswordSignIn, useRequestPasswordReset } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';

/** For people who were invited. */
export function PasswordForm({ onSignedIn, hasReset }: { onSignedIn(): void; hasReset: boolean }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = usePasswordSignIn();
  return (
    <Form
      error={signIn.error}
      className="space-y-4"
      onSubmit={() => {
        signIn.mutate({ email, password }, { onSuccess: onSignedIn });
      }}
    >
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        field="email"
        value={email}
        onChange={setEmail}
        autoComplete="username"
        required
      />
      <TextField
        label="Password"
        type="password"
        name="password"
        field="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        required
      />
      {hasReset && <ResetLink email={email} />}
      <FailureNote error={signIn.error} />
      <div className="grid">
        <Button
          type="submit"
          look="primary"
          isBusy={signIn.isPending}
          disabled={email === '' || password === ''}
        >
          Sign in with password
        </Button>
      </div>
    </Form>
  );
}

/** Mails a link to the address in the form. */
function ResetLink({ email }: { email: string }) {
  const reset = useRequestPasswordReset();
  const [isTried, setTried] = useState(false);
  if (reset.isSuccess) {
    return (
      <p role="status" className="text-muted text-sm">
        If a person here has this address, a link that sets a new password is on its way.
      </p>
    );
  }
  return (
    <div className="text-sm">
      <button
        type="button"
        className="text-accent hover:underline disabled:opacity-60"
        disabled={reset.isPending}
        onClick={() => {
          setTried(true);
          if (email.includes('@')) reset.mutate(email.trim());
        }}
      >
        Send me a link for a new password
      </button>
      {isTried && !email.includes('@') && (
        <p role="alert" className="mt-1 text-danger">
          Enter your e-mail address first.
        </p>
      )}
      <FailureNote error={reset.error} />
    </div>
  );
}
