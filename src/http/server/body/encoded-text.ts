/** Percent-encoded text, `a=%C3%A9&b=1`, in a charset other than UTF-8, or in none that can be told. */
import { isUtf8 } from 'node:buffer';
import type { TextDecoder } from 'node:util';

/** True where the text hides bytes that are not UTF-8. Read leniently, two ids could become one. */
export function hasForeignBytes(encoded: string | Buffer): boolean {
  const text = encoded.toString('latin1');
  return /%[89a-f]|[\x80-\xff]/i.test(text) && !isUtf8(decodeBytes(text));
}

/** The pairs of a query or form whose bytes are in the charset of `decoder`. */
export function decodePairs(encoded: string | Buffer, decoder: TextDecoder): URLSearchParams {
  const pairs = new URLSearchParams();
  const decode = (text: string) => decoder.decode(decodeBytes(text));
  for (const part of encoded.toString('latin1').split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    pairs.append(decode(at === -1 ? part : part.slice(0, at)), at === -1 ? '' : decode(part.slice(at + 1)));
  }
  return pairs;
}

/** A `%` without two hexadecimal digits is a percent sign, as in URLSearchParams. */
function decodeBytes(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const hex = text[at] === '%' ? /^[\da-f]{2}/i.exec(text.slice(at + 1, at + 3))?.[0] : undefined;
    bytes[length] =
      hex !== undefined ? Number.parseInt(hex, 16) : text[at] === '+' ? 32 : text.charCodeAt(at);
    if (hex !== undefined) at += 2;
    length += 1;
  }
  return bytes.subarray(0, length);
}
