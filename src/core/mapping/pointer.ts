/** JSON Pointers (RFC 6901) that read own members only: `/__proto__`, `/constructor` and a list's `length` are nothing. */
import { isJsonObject } from '../values/json/json.ts';

/** @returns null where the text is not a pointer */
export function parsePointer(text: string): string[] | null {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return null;
  return text.slice(1).split('/').map(unescapeToken);
}

/** The value at a pointer; undefined where there is none. */
export function readPointer(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const token of path) {
    if (Array.isArray(value) ? !/^(?:0|[1-9]\d{0,8})$/.test(token) : !isJsonObject(value)) return undefined;
    value = ownMember(value, token);
  }
  return value;
}

/** One step of a pointer, escaped. */
export function pointerToken(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function ownMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
