import { lazy, Suspense, useSyncExternalStore } from 'react';

const SignInAgain = lazy(async () => ({
  default: (await import('../../pages/sign-in/sign-in-again.tsx')).SignInAgain,
}));

const listeners = new Set<() => void>();
let hasEnded = false;

/** Tells the page that its session has ended, or that someone is signed in again. */
export function tellSessionEnded(isOver: boolean): void {
  hasEnded = isOver;
  for (const tell of listeners) tell();
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Asks who is there to sign in again, once the session has ended. */
export function SessionEnd() {
  const isOver = useSyncExternalStore(listen, () => hasEnded);
  if (!isOver) return null;
  return (
    <Suspense>
      <SignInAgain onSignedIn={() => tellSessionEnded(false)} />
    </Suspense>
  );
}
