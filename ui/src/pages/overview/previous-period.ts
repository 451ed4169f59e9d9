import type { Period } from '../../components/lists/period.ts';

/** What a period is compared with. `to` is a date that is included, or an instant that is not. */
export type PreviousPeriod = { from: string; to: string; words: string };

const dayMs = 86_400_000;
/** A period that goes on ends now; rounded, so that it is not read again with each drawing. */
const roundMs = 5 * 60_000;

/**
 * As many days before. A period that goes on is compared with one that ends at the same time of day; this month with the last
 * one up to the same day, and the last month with the whole one before.
 * @param now epoch milliseconds
 */
export function previousOf({ name, from, to }: Period, today: string, now: number): PreviousPeriod {
  const goesOn = to >= today && from <= today;
  if (name === 'last-month')
    return { from: addMonths(from, -1), to: addDays(from, -1), words: 'the month before' };
  if (name === 'month') {
    const shiftDays = daysBetween(addMonths(from, -1), from);
    const end = Math.min(now - shiftDays * dayMs, Date.parse(`${from}T00:00:00Z`));
    return { from: addMonths(from, -1), to: roundedInstant(end), words: 'last month to the same day' };
  }
  const days = daysBetween(from, to) + 1;
  const words = days === 1 ? 'the day before' : `the ${days} days before`;
  if (!goesOn) return { from: addDays(from, -days), to: addDays(from, -1), words };
  return {
    from: addDays(from, -days),
    to: roundedInstant(now - days * dayMs),
    words: `${words}, to the same time`,
  };
}

/** `+12.5 %`; null where there was nothing before, or where both are the same. A comparison needs no exact digits. */
export function changeInPercent(current: string | number, before: string | number): string | null {
  const [to, from] = [Number(current), Number(before)];
  if (from === 0 || to === from) return null;
  const percent = ((to - from) / Math.abs(from)) * 100;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

function roundedInstant(epochMs: number): string {
  return new Date(Math.floor(epochMs / roundMs) * roundMs).toISOString();
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** @param day the first of a month */
function addMonths(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + count);
  return date.toISOString().slice(0, 10);
}
