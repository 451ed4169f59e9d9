import { Invalid } from '../fault.ts';
import { textOf } from '../json/json.ts';
import { hasAuthKey, withoutKeys } from './auth-key.ts';

/** Of the names that people give: accounts, webhooks, tokens. */
export const nameCharsMax = 200;

const booleanWords = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

/**
 * The text of a number, a time or a word, without what is copied or encoded along with it: invisible characters, and the
 * quotation marks of a JSON text in a form.
 */
export function bareText(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined || /^[!#-~ ]*$/.test(text)) return text;
  return text
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^"(.*)"$/s, '$1');
}

/** Reads a boolean, 1/0, or the words true/false, yes/no, on/off in any case (docs/senders.md#fields). */
export function readBoolean(value: unknown): boolean | Invalid {
  if (typeof value === 'boolean') return value;
  const read = booleanWords.get(bareText(value)?.toLowerCase() ?? '');
  return read ?? new Invalid('Send true or false (1/0, yes/no and on/off are understood too).');
}

/** U+2800 is a Braille pattern without a dot. */
const visible = /[^\s\u2800\p{Default_Ignorable_Code_Point}]/u;

/**
 * Reads text that can be stored: trimmed, 1 to `charsMax` characters (code points), no NUL, no broken Unicode.
 * @param value JSON text or number
 */
export function readText(value: unknown, charsMax: number): string | Invalid {
  const text = textOf(value)?.trim();
  if (text === undefined || !visible.test(text))
    return new Invalid(`Send text of 1 to ${charsMax} characters.`);
  return checkText(text, charsMax);
}

/** The text, without auth keys in it, where the database can hold it and it has at most `charsMax` characters. */
export function checkText(sent: string, charsMax: number): string | Invalid {
  const text = withoutKeys(sent);
  if (isLongerThan(text, charsMax)) return new Invalid(`Send at most ${charsMax} characters.`);
  if (text.includes('\0') || !text.isWellFormed()) {
    return new Invalid('Leave out NUL characters and broken Unicode: they cannot be stored.');
  }
  return text;
}

/** Marks and fillers that are copied along with a text and are invisible. Joiners and selectors belong inside of words. */
const invisible =
  /(?!\u200C|\u200D|[\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}|^(?:\u200C|\u200D|[\uFE00-\uFE0F])|(?:\u200C|\u200D)$/u;

/** An id that can be stored. With an invisible character in it, it would be another id than the one that it looks like. */
export function checkId(text: string, charsMax: number): string | Invalid {
  if (hasAuthKey(text)) return new Invalid('Leave the auth key out of ids: a key is never stored.');
  const [found] = invisible.exec(text) ?? [];
  if (found === undefined) return checkText(text, charsMax);
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return new Invalid(`Leave out the invisible character ${code}: it was probably copied along with the id.`);
}

/** Counts code points, and only where the cheap count of UTF-16 units leaves a doubt. */
function isLongerThan(text: string, charsMax: number): boolean {
  if (text.length <= charsMax) return false;
  return text.length > 2 * charsMax || [...text].length > charsMax;
}

/** Reads one of `choices`, in any case, with `_` or `-` for a space (docs/senders.md#fields). */
export function readChoice(value: unknown, choices: readonly string[]): string | Invalid {
  const wanted = normalizeChoice(bareText(value) ?? '');
  const choice = choices.find((candidate) => normalizeChoice(candidate) === wanted);
  return choice ?? new Invalid(`Send one of: ${choices.join(', ')}.`);
}

function normalizeChoice(text: string): string {
  return text.trim().toLowerCase().replace(/[_-]/g, ' ');
}
