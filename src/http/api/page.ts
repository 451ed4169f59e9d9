import { type Refusal, refuseFaults } from '../../core/refusal.ts';

export const limitDefault = 50;

/** A cursor as the client sees it: opaque text. */
export function writeCursor(value: unknown): string | null {
  return value === null ? null : Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Reads back what `writeCursor` wrote; `isCursor` tells a cursor of this list from anything else. */
export function readCursor<T>(
  text: string | undefined,
  isCursor: (value: unknown) => value is T,
): { cursor: T | null } | Refusal {
  if (text === undefined) return { cursor: null };
  const value = parse(Buffer.from(text, 'base64url').toString());
  if (isCursor(value)) return { cursor: value };
  const detail = 'Send the next_cursor of the page before, unchanged, or leave it out for the first page.';
  return refuseFaults([{ field: 'cursor', code: 'invalid_value', detail }]);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
