import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useSignIn } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';

const route = getRouteApi('/sign-in');

/** Takes the token from the link that the server prints, or by hand. */
export function SignInPage() {
  const [token, setToken] = useState('');
  const { from, ended } = route.useSearch();
  const router = useRouter();
  const { mutate, isPending, error } = useSignIn();
  const signIn = (secret: string) =>
    mutate(secret, { onSuccess: () => router.history.replace(isOwnPath(from) ? from : '/') });

  const isLinkRead = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is read once, when the page opens
  useEffect(() => {
    if (isLinkRead.current) return;
    isLinkRead.current = true;
    const secret = takeTokenFromAddress();
    if (secret !== null) signIn(secret);
  }, []);

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Ringback</title>
      <div className="w-full max-w-sm rounded-lg border border-line bg-surface p-7 shadow-sm">
        <img src="/favicon.svg" alt="" width="40" height="40" />
        <h1 className="mt-4 font-semibold text-xl tracking-tight">Sign in to Ringback</h1>
        {ended !== undefined && (
          <p role="status" className="mt-3 rounded-md bg-held-soft px-3 py-2 text-held text-sm">
            Your session has ended: its time was over, its token was revoked, or you signed out in another
            tab. Sign in again to go on where you were.
          </p>
        )}
        <form
          className="mt-5"
          onSubmit={(event) => {
            event.preventDefault();
            signIn(token);
          }}
        >
          <TextField
            label="API token"
            type="password"
            value={token}
            onChange={setToken}
            required
            autoFocus
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
            <Button type="submit" look="primary" isBusy={isPending} disabled={token.trim() === ''}>
              Sign in
            </Button>
          </div>
        </form>
      </div>
    </main>
  );
}

/** The token behind the `#`, which no server sees; it is gone from the address and the history at once. */
function takeTokenFromAddress(): string | null {
  const secret = new URLSearchParams(window.location.hash.slice(1)).get('token');
  if (secret === null) return null;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return secret;
}

/** Where to go on, unless somebody put another site there. */
function isOwnPath(path: string | undefined): path is string {
  return path !== undefined && /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in');
}
