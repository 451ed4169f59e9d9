/** What failed because the server or its database was away is asked again when both are back. */
import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { basePath } from './base-path.ts';
import { isServerAway } from './request.ts';

const pollMs = 2_000;

/** Asks whether the server is ready until it is, then calls back once. @returns what stops that */
export function whenServerIsBack(goOn: () => void): () => void {
  const ask = async () => {
    const isReady = await fetch(`${basePath}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isStopped) return;
    if (isReady) goOn();
    else timer = window.setTimeout(ask, pollMs);
  };
  let isStopped = false;
  let timer = window.setTimeout(ask, pollMs);
  return () => {
    isStopped = true;
    window.clearTimeout(timer);
  };
}

/** Only a probe is repeated: a page would change between its error and its skeleton if its requests were. */
export function useRecovery(): void {
  const client = useQueryClient();
  useEffect(() => {
    const cache = client.getQueryCache();
    let stopWaiting: (() => void) | undefined;
    const look = () => {
      if (stopWaiting !== undefined || !cache.getAll().some(hasFailed)) return;
      stopWaiting = whenServerIsBack(() => {
        stopWaiting = undefined;
        void client.invalidateQueries({ predicate: hasFailed });
      });
    };
    const stopLooking = cache.subscribe(look);
    look();
    return () => {
      stopLooking();
      stopWaiting?.();
    };
  }, [client]);
}

function hasFailed(query: Query): boolean {
  return query.isActive() && isServerAway(query.state.error);
}
