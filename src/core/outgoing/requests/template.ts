/** Text with macros: parsed once, and filled so that no value can leave its place. */
import type { EventJson } from '../events/event.ts';
import {
  faultOfMacro,
  faultsOfLetters,
  type Macro,
  type MacroValue,
  macroOf,
  macroPattern,
  valueOfMacro,
} from './macro.ts';
import type { EmptyChoice } from './request-settings.ts';

/** A macro without a value, where that means that nothing is to be sent. */
export class EmptyMacro extends Error {
  readonly macro: string;
  constructor(macro: string) {
    super(`[${macro}] has no value`);
    this.macro = macro;
  }
}

export type Filling = { event: EventJson; timeZone: string; empty: EmptyChoice };

/** Every fault of the macros in a text. */
export function faultsOfMacros(text: string, isUrl: boolean): string[] {
  const faults = [...text.matchAll(new RegExp(macroPattern, 'g'))].map((match) =>
    faultOfMacro(macroOf(match)),
  );
  return [...faults.filter((fault) => fault !== null), ...faultsOfLetters(text, isUrl)];
}

/** @throws EmptyMacro where `empty` is `skip` and the macro has no value */
export function fillMacro(macro: Macro, { event, timeZone, empty }: Filling): MacroValue {
  const read = valueOfMacro(macro, event, timeZone);
  const value = { ...read, text: read.text.toWellFormed() };
  if (value.text === '' && empty === 'skip') throw new EmptyMacro(macro.name);
  return value;
}

/** A text with its macros replaced by escaped values. `isEmpty`: it has a macro, and all in all no text. */
export function fillText(
  text: string,
  escapeValue: (value: string) => string,
  filling: Filling,
): { text: string; isEmpty: boolean } {
  let hasMacro = false;
  const filled = text.replaceAll(new RegExp(macroPattern, 'g'), (...match: string[]) => {
    hasMacro = true;
    return escapeValue(fillMacro(macroOf(match), filling).text);
  });
  return { text: filled, isEmpty: hasMacro && filled.trim() === '' };
}

/** `a=1&b=[REASON]`: a parameter without a value may be left out. */
export function fillParameters(
  text: string,
  escapeValue: (value: string) => string,
  filling: Filling,
): string {
  const filled = text.split('&').flatMap((parameter) => {
    const at = parameter.indexOf('=');
    const name = fillText(at < 0 ? parameter : parameter.slice(0, at), escapeValue, filling);
    if (at < 0) return filling.empty === 'omit' && name.isEmpty ? [] : [name.text];
    const value = fillText(parameter.slice(at + 1), escapeValue, filling);
    return filling.empty === 'omit' && value.isEmpty ? [] : [`${name.text}=${value.text}`];
  });
  return filled.join('&');
}

/** A part of a path that stands for another one, encoded or not: no encoding makes a name of it. */
const dotSegment = /(^|\/)(\.|%2e){1,2}(\/|$)/i;

/**
 * A URL: values are percent-encoded in its path, query and fragment alike.
 * @throws where values would lead to another path
 */
export function fillUrl(text: string, filling: Filling): string {
  const [beforeFragment = '', ...fragment] = text.split('#');
  const at = beforeFragment.indexOf('?');
  const path = at < 0 ? beforeFragment : beforeFragment.slice(0, at);
  const filledPath = fillText(path, encodeURIComponent, filling).text;
  if (dotSegment.test(filledPath) && !dotSegment.test(path))
    throw new Error('"." or ".." would be a part of the path of its URL, and lead to another one.');
  const query = at < 0 ? '' : fillParameters(beforeFragment.slice(at + 1), encodeURIComponent, filling);
  // A fragment is never sent; its macros are filled so that `skip` means the same everywhere.
  fillText(fragment.join('#'), encodeURIComponent, filling);
  return query === '' ? filledPath : `${filledPath}?${query}`;
}

/** As in HTML forms: a space is `+`. */
export function escapeForm(value: string): string {
  return encodeURIComponent(value).replaceAll('%20', '+');
}

/** One line of printable ASCII: nothing can begin another header. */
export function escapeHeader(value: string): string {
  return encodeURI(value.replaceAll(/\p{Cc}+/gu, ' ').trim()).replaceAll(
    /%(20|22|25|3C|3E|5B|5C|5D|5E|60|7B|7C|7D)/g,
    (code) => decodeURIComponent(code),
  );
}

const xmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export function escapeXml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (one) => xmlEntities[one] ?? one);
}
