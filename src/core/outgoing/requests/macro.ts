/** Names in brackets that templates may use, and what they say of an event: `[CALL_LOG_ID]`, `[TAG.clickid|sha256]`. */
import { createHash } from 'node:crypto';
import { eventFieldNames, updateFieldNames } from '../../updates/fields/fields.ts';
import type { EventJson } from '../events/event.ts';
import { summaryOf } from '../events/summary.ts';

type Value = string | number | boolean | null;

/** Members of a call, by their names in upper case. */
const callNames = [
  ...['CALL_LOG_ID', 'STATE', 'PHONE_NUMBER', 'CAMPAIGN', 'PUBLISHER', 'BUYER', 'REVENUE_PAID_OUT'],
  ...['PUBLISHER_PAID_OUT', 'PAYOUT_STATUS', 'REASON', 'NO_PAYOUT_REASON', 'CONVERTED', 'CALL_CONVERTED_AT'],
  ...['STARTED_AT', 'ANSWERED_AT', 'ENDED_AT', 'END_STATUS', 'DURATION_SECONDS', 'CONNECTED_SECONDS'],
  ...['TRACKING_NUMBER', 'RECORDING_URL', 'DIRECTION'],
];
const eventNames: Record<string, (event: EventJson) => Value> = {
  EVENT: ({ type }) => type,
  EVENT_ID: ({ id }) => id,
  EVENT_AT: ({ at }) => at,
  SEQUENCE: ({ sequence }) => sequence,
  SUMMARY: summaryOf,
};
const keyedNames = ['TAG.key', 'FROM.field', 'TO.field'];
const macroNames = [...callNames, ...Object.keys(eventNames), ...keyedNames];

const changedFields = new Set<string>(['state', ...eventFieldNames, ...updateFieldNames]);
const numberNames = new Set([
  ...['REVENUE_PAID_OUT', 'PUBLISHER_PAID_OUT', 'DURATION_SECONDS', 'CONNECTED_SECONDS', 'SEQUENCE'],
  ...['FROM.revenue_paid_out', 'TO.revenue_paid_out', 'FROM.publisher_paid_out', 'TO.publisher_paid_out'],
]);

/** @param timeZone IANA name: dates are written in it */
type Format = (text: string, timeZone: string) => string;

const formats: Record<string, Format> = {
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  digits: (text) => text.replaceAll(/\D/g, ''),
  e164: (text) => (/\d/.test(text) ? `+${text.replaceAll(/\D/g, '')}` : ''),
  lower: (text) => text.trim().toLowerCase(),
  unix: (text) => secondsOf(text),
  'date:us': (text, timeZone) => dateOf(text, 'en-US', timeZone),
  'date:eu': (text, timeZone) => dateOf(text, 'en-GB', timeZone),
  'date:iso': (text, timeZone) => dateOf(text, 'en-CA', timeZone),
};
const formatNames = [...Object.keys(formats), 'default:x'];

export type Macro = { name: string; formats: string[] };

/** The value of a macro; `isNumber`: it may be written into JSON without quotes. */
export type MacroValue = { text: string; isNumber: boolean; isBoolean: boolean };

/** A name with what follows it, in brackets. Only upper case: `["a"]`, `[0]` and `fields[converted]` are text. */
export const macroPattern = /\[([A-Z][A-Z0-9_]*(?:\.[^\]|[]{0,110})?)((?:\|[^\]|]*)*)\]/;

/** A name in brackets, in any letters; not behind another name, as in `fields[converted]`. */
const bracketed = /(?<![\w\]])\[([A-Za-z_]\w*)(?:\.[^\]|[]{0,110})?(?:\|[^\]|]*)*\]/g;

/**
 * Names in brackets that look like macros and would be sent as they are, as sentences that say what to write.
 * @param isUrl every such name is a fault: brackets that mean nothing are percent-encoded there
 */
export function faultsOfLetters(text: string, isUrl: boolean): string[] {
  return [...text.matchAll(bracketed)].flatMap(([found, name = '']) => {
    const upper = name.toUpperCase();
    if (name === upper) return [];
    if (macroNames.some((one) => one.split('.')[0] === upper))
      return [`Write ${found} in capital letters, as [${upper}]: macros are read in no other way.`];
    return isUrl
      ? [`There is no macro ${found}: use another one, or write the brackets as %5B and %5D.`]
      : [];
  });
}

export function macroOf([, name = '', rest = '']: readonly string[]): Macro {
  return { name, formats: rest === '' ? [] : rest.slice(1).split('|') };
}

/** What is wrong with a macro, as a sentence that says what to send; null where it is known. */
export function faultOfMacro({ name, formats: used }: Macro): string | null {
  if (!isKnownName(name)) {
    return `There is no macro [${name}]: use one of ${macroNames.map((one) => `[${one}]`).join(', ')}.`;
  }
  const unknown = used.find((format) => !Object.hasOwn(formats, format) && !format.startsWith('default:'));
  if (unknown === undefined) return null;
  return `There is no format "${unknown}" for [${name}]: use one of ${formatNames.join(', ')}.`;
}

/** @param timeZone IANA name */
export function valueOfMacro({ name, formats: used }: Macro, event: EventJson, timeZone: string): MacroValue {
  const value = readValue(name, event);
  let text = value === null ? '' : String(value);
  let isNumber = numberNames.has(name) && /^-?\d+(\.\d+)?$/.test(text);
  for (const format of used) {
    if (format.startsWith('default:')) text = text === '' ? format.slice('default:'.length) : text;
    else if (text !== '') text = formats[format]?.(text, timeZone) ?? text;
    isNumber = (numberNames.has(name) || format === 'unix') && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  }
  return { text, isNumber, isBoolean: typeof value === 'boolean' && used.length === 0 };
}

function isKnownName(name: string): boolean {
  const [kind = '', key] = splitName(name);
  if (key === undefined) return callNames.includes(kind) || Object.hasOwn(eventNames, kind);
  if (kind === 'TAG') return key !== '';
  return (kind === 'FROM' || kind === 'TO') && (changedFields.has(key) || /^tags\../.test(key));
}

function readValue(name: string, event: EventJson): Value {
  const [kind = '', key] = splitName(name);
  if (key === undefined) {
    return Object.hasOwn(eventNames, kind)
      ? (eventNames[kind]?.(event) ?? null)
      : ownValue(event.call, kind.toLowerCase());
  }
  if (kind === 'TAG') return ownValue(event.call?.['tags'], key);
  const change = Object.hasOwn(event.changes, key) ? event.changes[key] : undefined;
  const value = (kind === 'FROM' ? change?.from : change?.to) ?? null;
  return typeof value === 'object' && value !== null ? value.join(',') : value;
}

function splitName(name: string): [string, string?] {
  const at = name.indexOf('.');
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function ownValue(from: unknown, key: string): Value {
  if (typeof from !== 'object' || from === null) return null;
  const value: unknown = new Map<string, unknown>(Object.entries(from)).get(key);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function secondsOf(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : String(Math.floor(ms / 1_000));
}

function dateOf(text: string, locale: string, timeZone: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return text;
  const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  return new Intl.DateTimeFormat(locale, options).format(ms);
}
