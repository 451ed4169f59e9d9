import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { whenServerIsBack } from '../api/recovery.ts';
import { isServerAway } from '../api/request.ts';
import { ErrorState } from '../components/states/error-state.tsx';

/** In a page's place when it failed; "Try again" loads all of it again, and so does the return of a server that was away. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  const againByItself = useEffectEvent(again);
  const isAway = isServerAway(error);
  useEffect(() => {
    if (!isAway) return;
    return whenServerIsBack(() => againByItself());
  }, [isAway]);
  return <ErrorState error={error instanceof Error ? error : new Error(String(error))} reset={again} />;
}
