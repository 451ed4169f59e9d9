import { useSyncExternalStore } from 'react';

let isAway = false;
const listeners = new Set<() => void>();

/** Told by the stream of events, which knows before any request does. @returns whether that is news */
export function tellServerAway(now: boolean): boolean {
  if (now === isAway) return false;
  isAway = now;
  for (const tell of listeners) tell();
  return true;
}

/** True while the server does not answer. */
export function useServerAway(): boolean {
  return useSyncExternalStore(listen, () => isAway);
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
