/** Points in time. Inside Ringback an instant is UTC text with milliseconds: `2026-11-23T10:00:00.000Z`. */
import { Temporal } from 'temporal-polyfill';
import { Invalid } from '../fault.ts';
import { textOf } from '../json/json.ts';

/**
 * ISO 8601 as systems write it: `T` or a space, `-` or `/` in the date, no separators at all, no seconds, an offset with
 * or without a colon, a zone in brackets after it. An offset's `+` reaches us as a space where a sender did not
 * percent-encode it.
 */
const isoDateTime =
  /^(?<year>\d{4})(?<mark>[-/]?)(?<month>\d\d)\k<mark>(?<day>\d\d)(?:[Tt]|\s+)(?<hour>\d\d)(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:\s?(?<zone>Z|UTC|GMT|UT)|\s?(?<sign>[+\-\u2212 ])(?<offsetHours>\d\d)(?::?(?<offsetMinutes>\d\d))?)?(?:\[[\w/+-]+\])?$/i;
/** RFC 2822, as mail and HTTP write it; and a script's own text of a date, `Mon Nov 23 2026 10:00:00 GMT+0000 (UTC)`. */
const mailDateTime =
  /^(?:(?<weekday>[A-Z]{3}),?\s+)?(?:(?<day>\d{1,2})[\s-](?<monthName>[A-Z]{3})[\s-](?<year>\d{4})|(?<monthName>[A-Z]{3})\s(?<day>\d\d)\s(?<year>\d{4}))\s+(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d))?\s+(?:(?<zone>[A-Z]{1,3})|(?:GMT|UTC)?(?<sign>[+-])(?<offsetHours>\d\d):?(?<offsetMinutes>\d\d))(?:\s+\([^()]*\))?$/i;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Hours from UTC of the zones that RFC 2822 names. */
const zoneHours: Readonly<Record<string, number>> = {
  ...{ z: 0, ut: 0, utc: 0, gmt: 0 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};
const unixTime = /^(\d{10}|\d{13})(?:\.(\d{1,9}))?$/;
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
  const text = textOf(value)?.trim();
  if (text === undefined || text.length > charsMax) return new Invalid(howTo);
  const epochMs = parseUnixTime(text) ?? parseDateTime(text, timeZone);
  if (epochMs === undefined) return new Invalid(howTo);
  if (epochMs < 0) return new Invalid('Send a time after 1970.');
  if (epochMs > epochMsMax) return new Invalid('Send a time before the year 10000.');
  return new Date(epochMs).toISOString();
}

/** True for an IANA time zone name that this machine knows. */
export function isTimeZone(name: string): boolean {
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
  const parts = (isoDateTime.exec(text) ?? mailDateTime.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { monthName, weekday, fraction = '' } = parts;
  const month =
    monthName === undefined ? Number(parts['month']) : months.indexOf(monthName.toLowerCase()) + 1;
  const [year, day, hour, minute] = [parts['year'], parts['day'], parts['hour'], parts['minute']].map(
    Number,
  ) as [number, number, number, number]; // neither pattern leaves one of them out
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
    const local = Temporal.PlainDateTime.from({
      ...{ year, month, day, hour, minute, second: leapless, millisecond },
    });
    return local.toZonedDateTime(timeZone).epochMilliseconds;
  }
  return Date.UTC(year, month - 1, day, hour, minute, leapless, millisecond) - offsetMinutes * 60_000;
}

/** Minutes ahead of UTC; undefined for an offset or zone that there is not. */
function offsetOf(parts: Record<string, string | undefined>): number | 'local' | undefined {
  const { zone, sign } = parts;
  if (zone !== undefined) {
    const hours = zoneHours[zone.toLowerCase()];
    return hours === undefined ? undefined : hours * 60;
  }
  if (sign === undefined) return 'local';
  const [hours, minutes] = [Number(parts['offsetHours']), Number(parts['offsetMinutes'] ?? 0)];
  if (hours > 23 || minutes > 59) return undefined;
  return sign === '-' || sign === '\u2212' ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** A weekday that contradicts the date leaves open which of the two is meant. */
function isWeekday(name: string, year: number, month: number, day: number): boolean {
  return weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] === name.toLowerCase();
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
