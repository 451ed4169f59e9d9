import { useEffect } from 'react';

export type Action = { label: string; run(): void };

const offered = new Map<object, Action>();

/** Offers an action in the command palette while the component is shown. */
export function useAction(label: string, run: () => void, isOffered = true): void {
  useEffect(() => {
    if (!isOffered) return;
    const key = {};
    offered.set(key, { label, run });
    if (awaited?.label === label) {
      const { untilMs } = awaited;
      awaited = null;
      if (Date.now() < untilMs) run();
    }
    return () => {
      offered.delete(key);
    };
  });
}

/** What is done as soon as a page offers it, unless that page is late. */
let awaited: { label: string; untilMs: number } | null = null;
const awaitedMs = 10_000;

/** Does what another page offers, once that page is shown. */
export function runOnceOffered(label: string): void {
  awaited = { label, untilMs: Date.now() + awaitedMs };
}

/** What can be done now, by name. */
export function offeredActions(): Action[] {
  return [...offered.values()].sort((one, other) => one.label.localeCompare(other.label, 'en'));
}
