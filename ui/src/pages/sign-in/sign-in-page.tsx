import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { basePath } from '../../api/base-path.ts';
import { useSignIn, useSignInOptions } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { AcceptInvitation, type Invitation } from './accept-invitation.tsx';
import { AccountChoice, OpenIdFailure, OpenIdLink, type OwnAccount } from './openid-sign-in.tsx';
import { PasswordForm } from './password-form.tsx';

const route = getRouteApi('/sign-in');

/** By a provider of OpenID Connect, by e-mail address and password, by a token, or by the link that the server prints. */
export function SignInPage() {
  const [token, setToken] = useState('');
  const { from, ended, failed } = route.useSearch();
  const { mutate, isPending, error } = useSignIn();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [accounts, setAccounts] = useState<OwnAccount[]>([]);
  const options = useSignInOptions();
  const provider = options?.openid?.name;
  // Loads the page anew: what the browser asked for while no one was signed in has failed, and would be used again.
  const goOn = () => window.location.replace(basePath + (isOwnPath(from) ? from : '/'));
  const signIn = (secret: string) => mutate({ token: secret }, { onSuccess: goOn });

  const isLinkRead = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is read when the page opens, or when it is opened in this tab
  useEffect(() => {
    const readLink = () => {
      const { token: secret, invitation: found, accounts: own } = takeSecretFromAddress();
      if (secret !== null) signIn(secret);
      if (found !== null) setInvitation(found);
      if (own.length > 0) setAccounts(own);
    };
    if (!isLinkRead.current) readLink();
    isLinkRead.current = true;
    window.addEventListener('hashchange', readLink);
    return () => window.removeEventListener('hashchange', readLink);
  }, []);

  if (invitation !== null) {
    return (
      <SignInFrame title="Choose a password">
        <AcceptInvitation invitation={invitation} onSignedIn={goOn} />
        {provider !== undefined && (
          <div className="mt-5 border-line border-t pt-5">
            <p className="mb-3 text-muted text-sm">Or sign in without a password of your own here:</p>
            <OpenIdLink provider={provider} from={undefined} />
          </div>
        )}
      </SignInFrame>
    );
  }
  if (accounts.length > 0) {
    return (
      <SignInFrame title="Choose an account">
        <AccountChoice accounts={accounts} from={from} />
      </SignInFrame>
    );
  }
  return (
    <SignInFrame title="Sign in to Ringback">
      {ended !== undefined && (
        <p role="status" className="mt-3 rounded-md bg-held-soft px-3 py-2 text-held text-sm">
          Your session has ended: its time was over, it was ended, or you signed out in another tab. Sign in
          again to go on where you were.
        </p>
      )}
      <OpenIdFailure failed={failed} />
      {provider !== undefined && (
        <div className="mt-5 border-line border-b pb-6">
          <OpenIdLink provider={provider} from={from} />
        </div>
      )}
      <div className="mt-5 mb-6 border-line border-b pb-6">
        <PasswordForm onSignedIn={goOn} hasReset={options?.has_password_reset === true} />
      </div>
      <Form className="mt-5" error={error} onSubmit={() => signIn(token)}>
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
    </SignInFrame>
  );
}

function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Ringback</title>
      <div className="w-full max-w-sm rounded-lg border border-line bg-surface p-7 shadow-sm">
        <img src={`${basePath}/favicon.svg`} alt="" width="40" height="40" />
        <h1 className="mt-4 font-semibold text-xl tracking-tight">{title}</h1>
        {children}
      </div>
    </main>
  );
}

type Secrets = { token: string | null; invitation: Invitation | null; accounts: OwnAccount[] };

/** What is behind the `#`, which no server sees; it is gone from the address and the history at once. */
function takeSecretFromAddress(): Secrets {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const [token, secret] = [fragment.get('token'), fragment.get('invitation')];
  const accounts = readAccounts(fragment.get('accounts'));
  if (token !== null || secret !== null)
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  const invitation = secret === null ? null : { secret, email: fragment.get('email') ?? '' };
  return { token, invitation, accounts };
}

/** As the server names them to a person of several accounts. */
function readAccounts(text: string | null): OwnAccount[] {
  if (text === null) return [];
  try {
    const accounts: unknown = JSON.parse(text);
    return Array.isArray(accounts) ? accounts.filter(isOwnAccount) : [];
  } catch {
    return [];
  }
}

function isOwnAccount(value: unknown): value is OwnAccount {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'name' in value && typeof value.name === 'string';
}

/** Where to go on, unless it is on another site. */
function isOwnPath(path: string | undefined): path is string {
  return path !== undefined && /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in');
}
