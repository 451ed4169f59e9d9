/** The requests that the URL builder writes. Values are texts: the server reads amounts and booleans out of them. */

export type Values = readonly (readonly [name: string, value: string])[];

const keyPlaceholder = 'YOUR_AUTH_KEY';

/** A GET URL. Macros stay as they are: percent-encoded, the sender would not know them. */
export function buildUrl(address: string, authKey: string, values: Values): string {
  const pairs = [['auth_key', authKey.trim() || keyPlaceholder] as const, ...values];
  const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeKeepingMacros(value)}`);
  return `${address}?${query.join('&')}`;
}

/** A JSON body. Tags become an object; all else is text, which the server reads as what it is. */
export function buildJson(values: Values): string {
  const body: Record<string, unknown> = {};
  for (const [name, value] of values) {
    if (name === 'add') body[name] = tagsOf(value);
    else if (name === 'remove') body[name] = listOf(value);
    else if (name === 'converted' && (value === 'true' || value === 'false')) body[name] = value === 'true';
    else body[name] = value;
  }
  return JSON.stringify(body, null, 2);
}

/** Notations of the placeholders that senders replace. */
const macro = /\{\{[^{}]*\}\}|\$?\{[^{}]*\}|\[[^[\]]*\]|%%[^%]*%%|#[^#\s]+#|--A--.*?--B--/g;

function encodeKeepingMacros(value: string): string {
  let encoded = '';
  let end = 0;
  for (const match of value.matchAll(macro)) {
    encoded += encodeURIComponent(value.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return encoded + encodeURIComponent(value.slice(end));
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function tagsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    listOf(text).map((pair) => {
      const at = pair.search(/[:=]/);
      return at === -1 ? [pair, 'true'] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}
