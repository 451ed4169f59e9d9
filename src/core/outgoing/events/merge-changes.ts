import { type Changes, noChanges } from '../../calls/call.ts';

/** What several changes of a call, oldest first, changed in sum. A field that returned to its first value is left out. */
export function mergeChanges(all: Changes[]): Changes {
  const merged = noChanges();
  for (const changes of all) {
    for (const [name, { from, to }] of Object.entries(changes)) {
      merged[name] = { from: Object.hasOwn(merged, name) ? (merged[name]?.from ?? null) : from, to };
    }
  }
  return Object.fromEntries(
    Object.entries(merged).filter(([, { from, to }]) => JSON.stringify(from) !== JSON.stringify(to)),
  );
}
