import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { basePath } from '../../api/base-path.ts';
import { useSignIn, useSignInOptions } from '../../api/session.ts';
import { FailureNote } from '../../components/states/error-state.tsx';
import { AcceptInvitation, type Invitation } from './accept-invitation.tsx';
import { AccountChoice, OpenIdFailure, OpenIdLink, type OwnAccount } from './openid-sign-in.tsx';
import { SignInChoices } from './sign-in-choices.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

const route = getRouteApi('/sign-in');

/** By a provider of OpenID Connect, by e-mail address and password, by a token, or by the link that the server prints. */
export function SignInPage() {
  return (
    <main>
      <SignIn />
    </main>
  );
}

function SignIn() {
  const { from, failed } = route.useSearch();
  const { mutate, error } = useSignIn();
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
      <OpenIdFailure failed={failed} />
      <FailureNote error={error} />
      <SignInChoices from={from} onSignedIn={goOn} />
    </SignInFrame>
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
