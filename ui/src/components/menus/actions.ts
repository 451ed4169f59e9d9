import { useEffect } from 'react';

export type Action = { label: string; run(): void };

const offered = new Map<object, Action>();

/** Offers an action in the command palette while the component is shown. */
export function useAction(label: string, run: () => void, isOffered = true): void {
  useEffect(() => {
    if (!isOffered) return;
    const key = {};
    offered.set(key, { label, run });
    return () => {
      offered.delete(key);
    };
  });
}

/** What can be done now, by name. */
export function offeredActions(): Action[] {
  return [...offered.values()].sort((one, other) => one.label.localeCompare(other.label, 'en'));
}
