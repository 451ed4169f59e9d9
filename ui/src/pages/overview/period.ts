export const periods = [
  { value: 'today', label: 'Today' },
  { value: 'yesterday', label: 'Yesterday' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'month', label: 'This month' },
  { value: 'last-month', label: 'Last month' },
  { value: 'custom', label: 'Custom' },
] as const;
type PeriodName = (typeof periods)[number]['value'];

/** Dates, both included. */
export type Period = { name: PeriodName; from: string; to: string };

const date = /^\d{4}-\d\d-\d\d$/;

/**
 * The period that the address names; the last seven days where it names none.
 * @param now epoch milliseconds
 */
export function periodOf(
  { period, from, to }: { period?: string; from?: string; to?: string },
  timeZone: string,
  now: number,
): Period {
  const today = dateIn(timeZone, now);
  const name = periods.find(({ value }) => value === period)?.value ?? '7d';
  switch (name) {
    case 'today':
      return { name, from: today, to: today };
    case 'yesterday':
      return { name, from: addDays(today, -1), to: addDays(today, -1) };
    case '7d':
      return { name, from: addDays(today, -6), to: today };
    case '30d':
      return { name, from: addDays(today, -29), to: today };
    case 'month':
      return { name, from: `${today.slice(0, 8)}01`, to: today };
    case 'last-month': {
      const end = addDays(`${today.slice(0, 8)}01`, -1);
      return { name, from: `${end.slice(0, 8)}01`, to: end };
    }
    case 'custom':
      return {
        name,
        from: from !== undefined && date.test(from) ? from : addDays(today, -6),
        to: to !== undefined && date.test(to) ? to : today,
      };
  }
}

export function dateIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
}

/** A date is a place in the calendar: days are counted in UTC, where each has 24 hours. */
function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
