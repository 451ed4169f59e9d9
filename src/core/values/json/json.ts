/** Reads JSON without losing a digit: what a binary float would round stays as the sender wrote it. */
import { countNames, findRepeatedName, RepeatedName } from './json-names.ts';

/** A JSON number whose digits a float cannot be trusted with: `text` is the number as it was sent. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Written as it was read. */
  toJSON(): unknown {
    return JSON.rawJSON(this.text);
  }
}

declare global {
  // Not yet in TypeScript's own description of JSON.
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

export const jsonDepthMax = 32;

/**
 * Numbers with an exponent, more than 4 fraction digits or more than 15 digits. Where no text of this kind
 * is in the document, `String(number)` has the same value as what was sent, and the plain parser is exact.
 * A number begins after space, colon, comma or bracket: ids such as "CA3e…" inside of texts do not count.
 */
const inexactNumber = /(?:^|[\s:,[])-?\d[\d.]*(?:[eE]|(?<=\.\d{5})|(?<=[\d.]{16}))/;

/**
 * Parses JSON text. Numbers come back as `number` where that is exact, else as `ExactNumber`.
 * @throws SyntaxError when the text is not JSON, nests deeper than `jsonDepthMax`, or has a name twice (`RepeatedName`).
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const members = countMembers(value, jsonDepthMax);
  if (members === null) throw new SyntaxError(`nested deeper than ${jsonDepthMax} levels`);
  if (countNames(text) > members) {
    const repeated = findRepeatedName(text);
    if (repeated !== null) throw new RepeatedName(repeated);
  }
  return inexactNumber.test(text) ? JSON.parse(text, keepDigits) : value;
}

/** Parses JSON text of our own, however deep, with numbers as `parseJson` gives them. */
export function parseStoredJson(text: string): unknown {
  return JSON.parse(text, inexactNumber.test(text) ? keepDigits : undefined);
}

function keepDigits(_name: string, value: unknown, context?: { source: string }): unknown {
  if (typeof value !== 'number' || context === undefined) return value;
  return String(value) === context.source ? value : new ExactNumber(context.source);
}

/** True where `JSON.parse` has read more levels than `jsonDepthMax`: code that descends into them could not end. */
export function isTooDeep(value: unknown): boolean {
  return countMembers(value, jsonDepthMax) === null;
}

/** How many names all objects have; null for a value that nests deeper. */
function countMembers(value: unknown, levels: number): number | null {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return null;
  const children = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) {
    const inner = countMembers(child, levels - 1);
    if (inner === null) return null;
    count += inner;
  }
  return count;
}

const unstorable = /\\u(?:0000|[dD][89a-fA-F])/;
const escapes =
  /\\\\|\\u0000|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}/g;

/**
 * JSON text that the database can read: NUL and half a surrogate pair become U+FFFD.
 * @param json JSON text; what it holds of these is escaped
 */
export function storableJson(json: string): string {
  if (!unstorable.test(json)) return json;
  return json.replace(escapes, (found) => (found.length === 6 ? '\\ufffd' : found));
}

/** True for what JSON calls an object: no array, no null, no `ExactNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** The text of a JSON string or number, digits as sent; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value instanceof ExactNumber ? value.text : undefined;
}
