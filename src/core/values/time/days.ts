/** The days of a period in an account's time zone, whatever its clocks do meanwhile. */
import { Temporal } from 'temporal-polyfill';

/** `date`: `2026-11-24`; `from`: the instant at which it begins, or the period does if that is later. */
export type Day = { date: string; from: string };

/**
 * @param from instant at which the period begins
 * @param to the first instant after it
 * @returns every day that the period touches, in order
 */
export function daysOf(from: string, to: string, timeZone: string): Day[] {
  const end = Date.parse(to);
  const days: Day[] = [];
  let day = Temporal.Instant.from(from).toZonedDateTimeISO(timeZone);
  while (day.epochMilliseconds < end) {
    days.push({ date: day.toPlainDate().toString(), from: new Date(day.epochMilliseconds).toISOString() });
    day = day.toPlainDate().add({ days: 1 }).toZonedDateTime(timeZone);
  }
  return days;
}

/** The date of an instant in a time zone. */
export function dateOf(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Whether a period is longer than so many days of a time zone, of which some have 23 hours and some 25. */
export function isLongerThan(daysMax: number, from: string, to: string, timeZone: string): boolean {
  const last = Temporal.Instant.from(from).toZonedDateTimeISO(timeZone).add({ days: daysMax });
  return Date.parse(to) > last.epochMilliseconds;
}
