/**
 * What a sender's system leaves where it has no value: an unreplaced macro, or the text of an unset variable. Read as a
 * value it would match the wrong call, store nonsense, or use up one transaction id for all requests (docs/senders.md#fields).
 */
import { Invalid } from '../fault.ts';
import { macroNames, macroNotations, macroPrefixes, unsetTexts } from './macros.ts';
import { bareText } from './text.ts';

/**
 * - `exact`: ids, numbers, choices. Every macro is a placeholder.
 * - `text`: a reason or the value of a tag. People put words in brackets, so one bracketed name is a placeholder only
 *   where it names a parameter of a known platform.
 */
export type PlaceholderRule = 'exact' | 'text';

const notations = Object.values(macroNotations);
const firstChars = new Set(notations.flatMap(({ begins }) => [...begins]));
/** Of what is worth a look: nearly all values begin with another one. */
const anyFirstChars = new Set([...firstChars, ...Array.from(unsetTexts, (text) => text.charAt(0)), '"']);
const macro = patternOf(notations);
/** Those that people write in texts, too. */
const bracketed = patternOf(notations.filter(({ isInTexts }) => isInTexts));
/** What may be between the macros of one value: `{{first}} {{last}}`, `${a}-${b}`. */
const separator = /[\s\-_.,:;|/+]+/y;
/** A macro in the middle of an id, and the text of an unset variable as a part of one. */
const insideId =
  /\{\{[^{}]+\}\}|\$\{[^{}]+\}|\[\[[^[\]]+\]\]|<%.+?%>|(?:^|[-_.:/|])(?:undefined|NaN)(?:$|[-_.:/|])/;
const charsMax = 300;

function patternOf(some: readonly { pattern: string }[]): { whole: RegExp; part: RegExp } {
  const source = `(?:${some.map(({ pattern }) => pattern).join('|')})`;
  return { whole: new RegExp(`^${source}$`, 's'), part: new RegExp(source, 'sy') };
}

/** True when the text is nothing but unreplaced macros (`[call_id]`, `{{call.id}}`) or unset variables (`undefined`). */
export function isPlaceholder(text: string, rule: PlaceholderRule = 'exact'): boolean {
  const first = text.trimStart().charAt(0);
  if (first <= '~' && !anyFirstChars.has(first)) return false;
  const trimmed = bareText(text) ?? '';
  if (trimmed.length > charsMax || trimmed === '') return false;
  if (isUnset(trimmed)) return true;
  if (trimmed.startsWith('%')) return isOf(decoded(trimmed), rule) || isOf(trimmed, rule);
  return isOf(trimmed, rule);
}

/** True for an id that has a macro or an unset variable in it: all that the sender makes would be one. */
export function hasPlaceholder(id: string): boolean {
  return id.length <= charsMax && insideId.test(id);
}

export function unresolvedPlaceholder(text: string): Invalid {
  const shown = text.trim().slice(0, 100);
  return new Invalid(
    isUnset(text.trim())
      ? `"${shown}" is what a program sends for a variable that has no value: set it at the sender, or leave the parameter out.`
      : `The macro ${shown} was not replaced by its value: check its spelling at the sender.`,
    'unresolved_placeholder',
  );
}

/** A macro that was percent-encoded twice. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isOf(text: string, rule: PlaceholderRule): boolean {
  if (!firstChars.has(text.charAt(0))) return false;
  return macro.whole.test(text) ? isMacro(text, rule) : areMacros(text, rule);
}

function isMacro(text: string, rule: PlaceholderRule): boolean {
  return rule === 'exact' || !bracketed.whole.test(text) || isMacroName(text.replace(/^\W|\W$/g, ''));
}

function areMacros(text: string, rule: PlaceholderRule): boolean {
  for (let at = 0; at < text.length; ) {
    macro.part.lastIndex = at;
    const [found] = macro.part.exec(text) ?? [];
    if (found === undefined || !isMacro(found, rule)) return false;
    separator.lastIndex = at + found.length;
    at = separator.test(text) ? separator.lastIndex : at + found.length;
  }
  return true;
}

/** Also several: `undefined undefined`, `null-null`. */
function isUnset(trimmed: string): boolean {
  if (trimmed.length > 40) return false;
  if (unsetTexts.has(trimmed) || /^\[object [A-Z]\w*\]$/.test(trimmed)) return true;
  return /^(?:undefined|null|NaN)(?:[\s\-_.,:;|/]*(?:undefined|null|NaN))+$/.test(trimmed);
}

function isMacroName(inner: string): boolean {
  const name = inner.trim().toLowerCase();
  return macroPrefixes.test(name) || macroNames.has(name.replace(/[=(].*$|[^a-z0-9]/gs, ''));
}
