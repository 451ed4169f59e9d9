import { checkText } from '../../core/values/text/text.ts';

/** A cursor as the client sees it: opaque text; null at the end of a list. */
export function writeCursor(value: unknown): string | null {
  return value === null ? null : Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Reads back what `writeCursor` wrote; anything at all for a text that it did not write. */
export function parseCursor(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** A page of a list that is at hand as a whole. @param cursor the key that the page before ended with */
export function pageOfAll<T>(
  all: T[],
  { limit, cursor }: { limit: number; cursor: string | null },
  keyOf: (item: T) => string,
): { items: T[]; next_cursor: string | null } {
  const start = all.findIndex((item) => keyOf(item) === cursor) + 1;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const isEnd = start + limit >= all.length || last === undefined;
  return { items, next_cursor: isEnd ? null : writeCursor(keyOf(last)) };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

/** True for text that the database can compare with: a name that a page ended with. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && checkText(value, value.length) === value;
}
