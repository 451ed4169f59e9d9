import { useState } from 'react';
import { useSignIn, useSignInOptions } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { OpenIdLink } from './openid-sign-in.tsx';
import { PasswordForm } from './password-form.tsx';

/** @param from where to go on after the provider's page */
type SignInChoicesProps = { from: string | undefined; onSignedIn(): void };

/** By a provider of OpenID Connect, by e-mail address and password, or by a token. */
export function SignInChoices({ from, onSignedIn }: SignInChoicesProps) {
  const options = useSignInOptions();
  const provider = options?.openid?.name;
  return (
    <>
      {provider !== undefined && (
        <div className="mt-5 border-line border-b pb-6">
          <OpenIdLink provider={provider} from={from} />
        </div>
      )}
      <div className="mt-5 mb-6 border-line border-b pb-6">
        <PasswordForm onSignedIn={onSignedIn} hasReset={options?.has_password_reset === true} />
      </div>
      <TokenForm onSignedIn={onSignedIn} />
    </>
  );
}

function TokenForm({ onSignedIn }: { onSignedIn(): void }) {
  const [token, setToken] = useState('');
  const { mutate, isPending, error } = useSignIn();
  return (
    <Form className="mt-5" error={error} onSubmit={() => mutate({ token }, { onSuccess: onSignedIn })}>
      <TextField
        label="API token"
        field="token"
        type="password"
        value={token}
        onChange={setToken}
        required
        autoComplete="current-password"
        hint={
          <>
            The server prints a link with it when it starts, and keeps it in the file{' '}
            <code className="font-mono">data/admin-token</code>, unless the setting{' '}
            <code className="font-mono">ADMIN_TOKEN</code> says otherwise.
          </>
        }
      />
      <FailureNote error={error} />
      <div className="mt-5 grid">
        <Button type="submit" isBusy={isPending} disabled={token.trim() === ''}>
          Sign in with token
        </Button>
      </div>
    </Form>
  );
}
