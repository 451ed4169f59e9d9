/** Points in time. Inside Ringback an instant is UTC text with milliseconds: `2026-11-23T10:00:00.000Z`. */

import { Temporal } from 'temporal-polyfill';
import { Invalid } from '../fault.ts';
import { bareText } from '../text/text.ts';

const clock = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d))?`;
const offset = String.raw`(?<sign>[+\-\u2212])(?<offsetHours>\d\d?)(?::?(?<offsetMinutes>\d\d))?`;
/** A `+` reaches us as a space where a sender did not percent-encode it. */
const lostPlus = String.raw`(?<offsetHours>\d\d)(?::?(?<offsetMinutes>\d\d))?`;
/**
 * ISO 8601 as systems write it: `T` or a space, `-` or `/` in the date, no separators at all, no seconds, an offset with
 * or without a colon, the name of its zone or a zone in brackets after it.
 */
const isoDateTime = new RegExp(
  String.raw`^(?<year>\d{4})(?<mark>[-/]?)(?<month>\d\d)\k<mark>(?<day>\d\d)(?:[Tt]|\s+)` +
    String.raw`(?<hour>\d\d)(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?` +
    String.raw`(?:\s?(?<zone>Z|UTC|GMT|UT)|\s?(?:(?:UTC|GMT)?${offset}|\s${lostPlus})(?: [A-Z]{1,5})?(?: m=\S+)?)?` +
    String.raw`(?:\[!?(?<place>[A-Za-z][\w/+-]*)\](?:\[u-ca=[\w-]+\])?)?$`,
  'i',
);
const weekday = String.raw`(?:(?<weekday>[A-Z]{3,9}),?\s+)?`;
const dayMonth = String.raw`(?<day>\d{1,2})[\s-](?<monthName>[A-Z]{3,9})[\s-]`;
const monthDay = String.raw`(?<monthName>[A-Z]{3,9})\s+(?<day>\d{1,2}),?`;
const zone = `(?:(?<zone>[A-Z]{1,3})|(?:GMT|UTC)?${offset})`;
/** RFC 2822 and what HTTP allows, and a script's own text of a date, `Mon Nov 23 2026 10:00:00 GMT+0000 (UTC)`. */
const mailDateTime = new RegExp(
  String.raw`^${weekday}(?:${dayMonth}(?<year>\d{4}|\d\d)|${monthDay}\s(?<year>\d{4}))\s+${clock}\s+(?:${zone}|${lostPlus})(?:\s+\([^()]*\))?$`,
  'i',
);
/** `Mon Nov 23 10:00:00 UTC 2026`, as the command `date`, Java and Ruby write it. */
const dateCommand = new RegExp(String.raw`^${weekday}${monthDay}\s${clock}\s${zone}\s(?<year>\d{4})$`, 'i');
const patterns = [isoDateTime, mailDateTime, dateCommand];
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
];
/** Hours from UTC of the zones that RFC 2822 names. */
const zoneHours: Readonly<Record<string, number>> = {
  ...{ z: 0, ut: 0, utc: 0, gmt: 0 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};
const unixTime = /^(\d{10}|\d{13})(?:\.(\d{1,9}))?$/;
/** `/Date(1795720249368)/`, as .NET writes it; an offset behind it changes nothing. */
const dotNetTime = /^\\?\/Date\((\d{13})(?:[+-]\d{4})?\)\\?\/$/;
/** An offset can lead into a year of five digits, which no RFC 3339 text has. */
const epochMsMax = Date.UTC(10_000, 0) - 1;
const charsMax = 100;
const howTo =
  'Send a date-time such as 2026-11-23T10:00:00Z (RFC 3339 or RFC 2822), or Unix time in seconds (10 digits) or milliseconds (13 digits).';

/**
 * Reads an instant: RFC 3339 and its relatives (without an offset: local time in `timeZone`), RFC 2822, Unix seconds or
 * milliseconds.
 * Digits below the millisecond are cut off.
 * @returns UTC text with milliseconds
 */
export function readInstant(value: unknown, timeZone: string): string | Invalid {
  const text = bareText(value);
  if (text === undefined || text.length > charsMax) return new Invalid(howTo);
  const epochMs = parseUnixTime(dotNetTime.exec(text)?.[1] ?? text) ?? parseDateTime(text, timeZone);
  if (epochMs === undefined) return new Invalid(howTo);
  if (epochMs < 0) return new Invalid('Send a time after 1970.');
  if (epochMs > epochMsMax) return new Invalid('Send a time before the year 10000.');
  return new Date(epochMs).toISOString();
}

/** True for an IANA time zone name that this machine knows. */
export function isTimeZone(name: string): boolean {
  // Known without a look: the first one takes 15 ms, and every start needs only this name, for presets.
  if (name === 'UTC') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function parseUnixTime(text: string): number | undefined {
  const [, whole, fraction = ''] = unixTime.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return whole.length === 13 ? Number(whole) : Number(whole + fraction.slice(0, 3).padEnd(3, '0'));
}

function parseDateTime(text: string, timeZone: string): number | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { monthName, weekday, fraction = '', place = timeZone } = parts;
  const month = monthName === undefined ? Number(parts['month']) : indexOfName(months, monthName) + 1;
  const [sentYear, day, hour, minute] = [parts['year'], parts['day'], parts['hour'], parts['minute']].map(
    Number,
  ) as [number, number, number, number]; // no pattern leaves one of them out
  // RFC 2822, section 4.3, of years in two digits.
  const year = parts['year']?.length === 2 ? sentYear + (sentYear < 50 ? 2000 : 1900) : sentYear;
  const second = Number(parts['second'] ?? 0);
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (year < 1969) return -1; // Date.UTC would take the years 0 to 99 for 1900 to 1999
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (weekday !== undefined && !isWeekday(weekday, year, month, day)) return undefined;
  const leapless = Math.min(second, 59); // 23:59:60 exists in RFC 3339 but not in Unix time
  const offsetMinutes = offsetOf(parts);
  if (offsetMinutes === undefined) return undefined;
  if (offsetMinutes === 'local') {
    if (place !== timeZone && !isTimeZone(place)) return undefined;
    const local = Temporal.PlainDateTime.from({
      ...{ year, month, day, hour, minute, second: leapless, millisecond },
    });
    return local.toZonedDateTime(place).epochMilliseconds;
  }
  return Date.UTC(year, month - 1, day, hour, minute, leapless, millisecond) - offsetMinutes * 60_000;
}

function partsOf(text: string): Record<string, string | undefined> | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match.groups;
  }
  return undefined;
}

/** Where a name is, in full or by its first three letters. */
function indexOfName(names: readonly string[], sent: string): number {
  const name = sent.toLowerCase();
  return names.findIndex((full) => full === name || full.slice(0, 3) === name);
}

/** Minutes ahead of UTC; undefined for an offset or zone that there is not. */
function offsetOf(parts: Record<string, string | undefined>): number | 'local' | undefined {
  const { zone, sign } = parts;
  if (zone !== undefined) {
    const hours = zoneHours[zone.toLowerCase()];
    return hours === undefined ? undefined : hours * 60;
  }
  if (parts['offsetHours'] === undefined) return 'local';
  const [hours, minutes] = [Number(parts['offsetHours']), Number(parts['offsetMinutes'] ?? 0)];
  if (hours > 23 || minutes > 59) return undefined;
  return sign === '-' || sign === '\u2212' ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** A weekday that contradicts the date leaves open which of the two is meant. */
function isWeekday(name: string, year: number, month: number, day: number): boolean {
  return indexOfName(weekdays, name) === new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
