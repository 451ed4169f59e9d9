/** Times whose notation the mapping states: the order of day and month is never inferred. */
import { Invalid } from '../../values/fault.ts';
import { textOf } from '../../values/json/json.ts';
import { readInstant } from '../../values/time/instant.ts';
import type { TimeFormat } from '../mapping.ts';

const clock = String.raw`(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?([AaPp])?\.?(?:[Mm]\.?)?)?`;
const offset = String.raw`(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?`;
const localTime = new RegExp(String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})${clock}${offset}$`);
const textCharsMax = 64;
const examples = {
  iso: '2026-01-13T20:18:22Z',
  us: '01/13/2026 08:18:22 PM',
  eu: '13.01.2026 20:18:22',
  unix: '1768335502',
} as const satisfies Record<TimeFormat, string>;

/**
 * @param format null: as without a mapping
 * @param zone in which a time without an offset is read
 * @returns instant
 */
export function readTime(value: unknown, format: TimeFormat | null, zone: string): string | Invalid {
  if (format === null) return readInstant(value, zone);
  const text = textOf(value)?.trim() ?? '';
  const read = text.length > textCharsMax ? undefined : rfc3339Of(text, format);
  const instant = read === undefined ? undefined : readInstant(read, zone);
  if (typeof instant === 'string') return instant;
  return new Invalid(`Send a time such as ${examples[format]}, or correct the format in the mapping.`);
}

/** The same time in a notation that has one reading; undefined where the text is not of the format. */
function rfc3339Of(text: string, format: TimeFormat): string | undefined {
  if (format === 'iso') {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00`;
    return /^\d{4}-/.test(text) ? text : undefined;
  }
  if (format === 'unix') return unixMilliseconds(text);
  const match = localTime.exec(text);
  if (match === null) return undefined;
  const [first = '', second = '', year = ''] = match.slice(1, 4);
  const [month, day] = format === 'us' ? [first, second] : [second, first];
  const hour = hourOf(match[4] ?? '0', match[8]);
  if (hour === undefined) return undefined;
  const date = [year.padStart(4, '20'), two(month), two(day)].join('-');
  const fraction = match[7] === undefined ? '' : `.${match[7]}`;
  return `${date}T${two(hour)}:${match[5] ?? '00'}:${match[6] ?? '00'}${fraction}${offsetOf(match[9])}`;
}

/** Unix seconds, with a fraction or not, or milliseconds. */
function unixMilliseconds(text: string): string | undefined {
  const [, whole, fraction = ''] = /^(\d{10}|\d{13})(?:\.(\d+))?$/.exec(text) ?? [];
  return whole?.length === 10 ? `${whole}${fraction.slice(0, 3).padEnd(3, '0')}` : whole;
}

function hourOf(text: string, half: string | undefined): string | undefined {
  const hour = Number(text);
  if (half === undefined) return text;
  if (hour < 1 || hour > 12) return undefined;
  return String((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0));
}

function offsetOf(text: string | undefined): string {
  if (text === undefined) return '';
  return /^[+-]/.test(text) ? text.replace(/^(...):?/, '$1:') : 'Z';
}

function two(text: string): string {
  return text.padStart(2, '0');
}
