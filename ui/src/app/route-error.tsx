import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { whenServerIsBack } from '../api/recovery.ts';
import { isServerAway } from '../api/request.ts';
import { ErrorState } from '../components/states/error-state.tsx';

/** As Chromium, Firefox and Safari say that a file of a page did not come. */
const fileMissing = /dynamically imported module|Importing a module script failed/;
/** The last file for which the whole UI was loaded again: once, or it would be without end. */
const loadedAgainFor = 'ringback.loaded-again-for';

const missingText = 'A part of this page did not come: Ringback is away, or was updated meanwhile.';

/**
 * In a page's place when it failed; "Try again" loads all of it again, and so does the return of a server that was away.
 * Where a file of it is missing, the server was away or is a newer one with other files: the whole UI is loaded again.
 */
export function RouteError({ error: thrown, reset }: ErrorComponentProps) {
  const router = useRouter();
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isMissing = fileMissing.test(error.message);
  const again = () => {
    if (isMissing) {
      sessionStorage.setItem(loadedAgainFor, error.message);
      window.location.reload();
    } else {
      reset();
      void router.invalidate();
    }
  };
  const againByItself = useEffectEvent(again);
  const isExpected =
    isServerAway(error) || (isMissing && sessionStorage.getItem(loadedAgainFor) !== error.message);
  useEffect(() => {
    if (!isExpected) return;
    return whenServerIsBack(() => againByItself());
  }, [isExpected]);
  return <ErrorState error={isMissing ? new Error(missingText) : error} reset={again} />;
}
