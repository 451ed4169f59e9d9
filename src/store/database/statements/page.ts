/** One page of a list. `cursor` is where the next page begins, null at the end. */
export type Page<T> = { items: T[]; cursor: string | null };

/** Makes a page of `limit + 1` fetched items: the extra one only tells that there is more. */
export function pageOf<T>(fetched: T[], limit: number, cursorOf: (item: T) => string): Page<T> {
  const items = fetched.slice(0, limit);
  const last = items.at(-1);
  return { items, cursor: fetched.length > limit && last !== undefined ? cursorOf(last) : null };
}
