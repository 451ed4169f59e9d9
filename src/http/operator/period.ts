/** The days that a statement or a report is about. */
import { Invalid } from '../../core/values/fault.ts';
import { readInstant } from '../../core/values/time/instant.ts';

const date = /^\d{4}-\d\d-\d\d$/;
const dayMs = 86_400_000;

const howTo = new Invalid('Send a day such as 2026-11-01, or a date-time such as 2026-11-01T00:00:00Z.');

/** A date begins with its first moment in the account's time zone. */
export function readPeriodStart(text: string, timeZone: string): string | Invalid {
  return readMoment(date.test(text) ? `${text}T00:00:00` : text, timeZone);
}

/** The first moment after the period: a date is in it with its whole day, an instant is not in it. */
export function readPeriodEnd(text: string, timeZone: string): string | Invalid {
  if (!date.test(text)) return readMoment(text, timeZone);
  const midnight = readInstant(`${text}T00:00:00Z`, timeZone);
  if (midnight instanceof Invalid) return howTo;
  const nextDay = new Date(Date.parse(midnight) + dayMs).toISOString().slice(0, 10);
  return readMoment(`${nextDay}T00:00:00`, timeZone);
}

/** The last moment of a list: of a date the end of its day. */
export function readPeriodLast(text: string, timeZone: string): string | Invalid {
  const end = readPeriodEnd(text, timeZone);
  return end instanceof Invalid || !date.test(text) ? end : new Date(Date.parse(end) - 1).toISOString();
}

function readMoment(text: string, timeZone: string): string | Invalid {
  const read = readInstant(text, timeZone);
  return read instanceof Invalid ? howTo : read;
}
