/** The requests that the URL builder writes. Values are texts: the server reads amounts and booleans out of them. */
import type { Literal } from './code-literals.ts';

export type Values = readonly (readonly [name: string, value: string])[];

/** In place of a key that was not pasted. */
export const keyPlaceholder = 'YOUR_AUTH_KEY';

/** A GET URL. Macros stay as they are: percent-encoded, the sender would not know them. */
export function buildUrl(address: string, authKey: string, values: Values): string {
  const pairs = [['auth_key', authKey.trim() || keyPlaceholder] as const, ...values];
  const query = pairs.map(([name, value]) => `${encode(name)}=${encodeKeepingMacros(value)}`);
  return `${address}?${query.join('&')}`;
}

/** A JSON body. Tags become an object; all else is text, which the server reads as what it is. */
export function buildBody(values: Values): { [name: string]: Literal } {
  const body: { [name: string]: Literal } = {};
  for (const [name, value] of values) {
    if (name === 'add') body[name] = tagsOf(value);
    else if (name === 'remove') body[name] = listOf(value);
    else if (name === 'converted' && (value === 'true' || value === 'false')) body[name] = value === 'true';
    else body[name] = value;
  }
  return body;
}

/**
 * Notations of the placeholders that senders replace, with what is in names: a text in brackets is not taken for
 * one because of them alone. Between # only as a whole value, for one # ends a URL.
 */
const macro =
  /\{\{[\w .:|@-]+\}\}|\$?\{[\w.:|@-]+\}|\[[\w.:|@-]+\]|%%[\w.:-]+%%|<[\w.:-]+>|--A--[\w.:-]+?--B--|^#[\w.:-]+#$/g;

function encodeKeepingMacros(value: string): string {
  let encoded = '';
  let end = 0;
  for (const match of value.matchAll(macro)) {
    encoded += encode(value.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return encoded + encode(value.slice(end));
}

/** Colons and commas are allowed in a query, and are easier to read there. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2C', ',');
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function tagsOf(text: string): { [key: string]: string } {
  return Object.fromEntries(
    listOf(text).map((pair) => {
      const at = pair.search(/[:=]/);
      return at === -1 ? [pair, 'true'] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}
