import { useNavigate, useSearch } from '@tanstack/react-router';

/** Reads these parameters of the address and leaves out all others: for a route's `validateSearch`. */
export function pickSearch<const Name extends string>(names: readonly Name[]) {
  return (search: Record<string, unknown>): { [Key in Name]?: string } => {
    const picked: { [Key in Name]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === 'string' && value !== '') picked[name] = value;
    }
    return picked;
  };
}

/**
 * What a page shows lives in its address: what is chosen can be shared, and the browser's back button undoes it.
 * `set` with undefined or an empty text takes a parameter away.
 */
export function useUrlSearch(): {
  search: Record<string, string | undefined>;
  set(changes: Record<string, string | undefined>): void;
} {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>; // routes pick text only
  const navigate = useNavigate();
  return {
    search,
    set: (changes) => {
      const next = Object.entries({ ...search, ...changes }).filter(
        ([, value]) => value !== undefined && value !== '',
      );
      void navigate({ to: '.', search: Object.fromEntries(next), resetScroll: false });
    },
  };
}
