/**
 * What a sender's system leaves where it has no value: an unreplaced macro, or the text of an unset variable. Read as a
 * value it would match the wrong call, store nonsense, or use up one transaction id for all requests (docs/senders.md#fields).
 */
import { Invalid } from '../fault.ts';
import { macroNames, macroNotations, macroPrefixes, unsetTexts } from './macros.ts';

/**
 * - `exact`: ids, numbers, choices. Every macro is a placeholder.
 * - `text`: a reason or the value of a tag. People put words in brackets, so one bracketed name is a placeholder only
 *   where it names a parameter of a known platform.
 */
export type PlaceholderRule = 'exact' | 'text';

const firstChars = new Set(Object.values(macroNotations).flatMap(({ begins }) => [...begins]));
const macro = new RegExp(
  `^(?:${Object.values(macroNotations)
    .map(({ pattern }) => pattern)
    .join('|')})$`,
  's',
);
const bracketed = new RegExp(`^(?:${macroNotations.brackets.pattern})$`, 's');
const charsMax = 300;

/** True when the text is nothing but an unreplaced macro (`[call_id]`, `{{call.id}}`) or an unset variable (`undefined`). */
export function isPlaceholder(text: string, rule: PlaceholderRule = 'exact'): boolean {
  const trimmed = text.trim();
  if (trimmed.length > charsMax || trimmed === '') return false;
  if (isUnset(trimmed)) return true;
  if (!firstChars.has(trimmed.charAt(0)) || !macro.test(trimmed)) return false;
  return rule === 'exact' || !bracketed.test(trimmed) || isMacroName(trimmed.slice(1, -1));
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

function isUnset(trimmed: string): boolean {
  return trimmed.length <= 20 && (unsetTexts.has(trimmed) || /^\[object [A-Z]\w*\]$/.test(trimmed));
}

function isMacroName(inner: string): boolean {
  const name = inner.trim().toLowerCase();
  return macroPrefixes.test(name) || macroNames.has(name.replace(/[^a-z0-9]/g, ''));
}
