/**
 * JSON with macros: `{"value": [REVENUE_PAID_OUT], "name": "[CAMPAIGN]"}`. The template is parsed as JSON before any
 * value is known, so a value can never add a member or end a text. Outside of quotes a macro is a whole value: an amount
 * or a count is a number with the digits that it has, true or false a boolean, nothing is null, and all else a text.
 */
import { isTooDeep, jsonDepthMax } from '../../values/json/json.ts';
import { macroOf, macroPattern } from './macro.ts';
import { type Filling, fillMacro, fillText } from './template.ts';

/** Marks a macro that stood outside of quotes; no JSON text that was sent to us contains it. */
const bareMark = '\u0000';
const omitted = Symbol('omitted');

/** Null where the text is JSON apart from its macros, and can be filled. */
export function faultOfJson(text: string): string | null {
  try {
    const isDeep = isTooDeep(JSON.parse(quoteBareMacros(text)));
    return isDeep ? `Send a body that nests at most ${jsonDepthMax} levels deep.` : null;
  } catch {
    return 'Send a body that is JSON, with macros in quotes or as whole values; or another Content-Type header.';
  }
}

export function fillJson(text: string, filling: Filling): string {
  const written = write(JSON.parse(quoteBareMacros(text)), filling);
  return written === omitted ? 'null' : written;
}

function quoteBareMacros(text: string): string {
  const token = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${macroPattern.source}`, 'gs');
  return text.replaceAll(token, (found) =>
    found.startsWith('"') ? found : JSON.stringify(bareMark + found),
  );
}

function write(value: unknown, filling: Filling): string | typeof omitted {
  if (typeof value === 'string') return writeText(value, filling);
  if (Array.isArray(value)) {
    return `[${value
      .map((one) => write(one, filling))
      .filter((one) => one !== omitted)
      .join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const written = write(member, filling);
    if (written === omitted) return [];
    return [`${JSON.stringify(fillText(name, (text) => text, filling).text)}:${written}`];
  });
  return `{${members.join(',')}}`;
}

function writeText(text: string, filling: Filling): string | typeof omitted {
  if (!text.startsWith(bareMark)) {
    const filled = fillText(text, (value) => value, filling);
    return filling.empty === 'omit' && filled.isEmpty ? omitted : JSON.stringify(filled.text);
  }
  const value = fillMacro(macroOf(macroPattern.exec(text) ?? []), filling);
  if (value.text === '') return filling.empty === 'omit' ? omitted : 'null';
  return value.isNumber || value.isBoolean ? value.text : JSON.stringify(value.text);
}
