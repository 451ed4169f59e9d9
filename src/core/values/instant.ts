/** Points in time. Inside Ringback an instant is UTC text with milliseconds: `2026-11-23T10:00:00.000Z`. */
import { Temporal } from 'temporal-polyfill';
import { Invalid } from './fault.ts';
import { textOf } from './json.ts';

/** An offset's `+` reaches us as a space where a sender did not percent-encode it. */
const dateTime =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+\- ])(\d\d):(\d\d))?$/;
const unixTime = /^(?:\d{10}|\d{13})$/;
/** An offset can lead into a year of five digits, which no RFC 3339 text has. */
const epochMsMax = Date.UTC(10_000, 0) - 1;
const howTo =
  'Send an RFC 3339 date-time such as 2026-11-23T10:00:00Z, or Unix time in seconds (10 digits) or milliseconds (13 digits).';

/**
 * Reads an instant: RFC 3339 (without an offset: local time in `timeZone`), Unix seconds or milliseconds.
 * Digits below the millisecond are cut off.
 * @returns UTC text with milliseconds
 */
export function readInstant(value: unknown, timeZone: string): string | Invalid {
  const text = textOf(value)?.trim();
  if (text === undefined) return new Invalid(howTo);
  const epochMs = unixTime.test(text) ? Number(text.padEnd(13, '0')) : parseDateTime(text, timeZone);
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

function parseDateTime(text: string, timeZone: string): number | undefined {
  const match = dateTime.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    // The pattern's first six groups are digits and never optional.
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  if (year < 1969) return -1; // Date.UTC would take the years 0 to 99 for 1900 to 1999
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const leapless = Math.min(second, 59); // 23:59:60 exists in RFC 3339 but not in Unix time
  if (match[8] === undefined && match[9] === undefined) {
    const local = Temporal.PlainDateTime.from({
      ...{ year, month, day, hour, minute, second: leapless, millisecond },
    });
    return local.toZonedDateTime(timeZone).epochMilliseconds;
  }
  const utcMs = Date.UTC(year, month - 1, day, hour, minute, leapless, millisecond);
  const [offsetHours, offsetMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000;
  return match[9] === '-' ? utcMs + offsetMs : utcMs - offsetMs;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
