import { useState } from 'react';
import { usePasswordSignIn } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';

/** For people who were invited. */
export function PasswordForm({ onSignedIn }: { onSignedIn(): void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = usePasswordSignIn();
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ email, password }, { onSuccess: onSignedIn });
      }}
    >
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        value={email}
        onChange={setEmail}
        autoComplete="username"
        required
      />
      <TextField
        label="Password"
        type="password"
        name="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        required
      />
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
    </form>
  );
}
