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

export type UrlSearch = Record<string, string | undefined>;

/**
 * The state of a page is in its address: it can be shared, and the browser's back button undoes a change.
 * `set` with undefined or an empty text removes a parameter. Changes that follow each other quickly are merged: each
 * applies to the address that the change before it leads to, not to the one that was rendered last.
 */
export function useUrlSearch(): { search: UrlSearch; set(changes: UrlSearch): void } {
  const search = useSearch({ strict: false }) as UrlSearch; // routes pick text only
  const navigate = useNavigate();
  return {
    search,
    set: (changes) =>
      void navigate({
        to: '.',
        search: (previous: object) => withoutEmpty({ ...previous, ...changes }),
        resetScroll: false,
      }),
  };
}

function withoutEmpty(search: UrlSearch): Record<string, string> {
  const set = Object.entries(search).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return Object.fromEntries(set);
}
