import { Invalid } from '../fault.ts';
import { textOf } from '../json/json.ts';

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

/** Reads a boolean, 1/0, or the words true/false, yes/no, on/off in any case (docs/senders.md#fields). */
export function readBoolean(value: unknown): boolean | Invalid {
  if (typeof value === 'boolean') return value;
  const read = booleanWords.get(textOf(value)?.trim().toLowerCase() ?? '');
  return read ?? new Invalid('Send true or false (1/0, yes/no and on/off are understood too).');
}

/**
 * Reads text that can be stored: trimmed, 1 to `charsMax` characters (code points), no NUL, no broken Unicode.
 * @param value JSON text or number
 */
export function readText(value: unknown, charsMax: number): string | Invalid {
  const text = textOf(value)?.trim();
  if (text === undefined || text === '') return new Invalid(`Send text of 1 to ${charsMax} characters.`);
  return checkText(text, charsMax);
}

/** The text itself where the database can hold it and it has at most `charsMax` characters. */
export function checkText(text: string, charsMax: number): string | Invalid {
  if (isLongerThan(text, charsMax)) return new Invalid(`Send at most ${charsMax} characters.`);
  if (text.includes('\0') || !text.isWellFormed()) {
    return new Invalid('Leave out NUL characters and broken Unicode: they cannot be stored.');
  }
  return text;
}

/** Directions, joiners and marks that are copied along with a text and are invisible; joiners belong inside of words. */
const invisible =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|^[\u200C\u200D]|[\u200C\u200D]$/u;

/** An id that can be stored. With an invisible character in it, it would be another id than the one that it looks like. */
export function checkId(text: string, charsMax: number): string | Invalid {
  const [found] = invisible.exec(text) ?? [];
  if (found === undefined) return checkText(text, charsMax);
  const code = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return new Invalid(`Leave out the invisible character ${code}: it was probably copied along with the id.`);
}

/** Counts code points, and only where the cheap count of UTF-16 units leaves a doubt. */
function isLongerThan(text: string, charsMax: number): boolean {
  if (text.length <= charsMax) return false;
  return text.length > 2 * charsMax || [...text].length > charsMax;
}

/** Reads one of `choices`, in any case, with `_` or `-` for a space (docs/senders.md#fields). */
export function readChoice(value: unknown, choices: readonly string[]): string | Invalid {
  const wanted = normalizeChoice(textOf(value) ?? '');
  const choice = choices.find((candidate) => normalizeChoice(candidate) === wanted);
  return choice ?? new Invalid(`Send one of: ${choices.join(', ')}.`);
}

function normalizeChoice(text: string): string {
  return text.trim().toLowerCase().replace(/[_-]/g, ' ');
}
