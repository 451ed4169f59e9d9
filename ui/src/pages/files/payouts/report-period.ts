export const reportPeriods = [
  { value: 'last-week', label: 'Last week' },
  { value: 'this-week', label: 'This week' },
  { value: 'last-month', label: 'Last month' },
  { value: 'this-month', label: 'This month' },
  { value: 'custom', label: 'Custom' },
] as const;

/** Days, both included. Weeks begin on Monday. */
export type ReportPeriod = { name: (typeof reportPeriods)[number]['value']; from: string; to: string };

const dayFormat = /^\d{4}-\d\d-\d\d$/;

/** @param now epoch milliseconds */
export function reportPeriodOf(
  { period, from, to }: { period?: string; from?: string; to?: string },
  timeZone: string,
  now: number,
): ReportPeriod {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
  const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
  const first = `${today.slice(0, 8)}01`;
  const lastWeek = { from: addDays(monday, -7), to: addDays(monday, -1) };
  switch (period) {
    case 'this-week':
      return { name: 'this-week', from: monday, to: today };
    case 'this-month':
      return { name: 'this-month', from: first, to: today };
    case 'last-month': {
      const end = addDays(first, -1);
      return { name: 'last-month', from: `${end.slice(0, 8)}01`, to: end };
    }
    case 'custom':
      return {
        name: 'custom',
        from: from !== undefined && dayFormat.test(from) ? from : lastWeek.from,
        to: to !== undefined && dayFormat.test(to) ? to : lastWeek.to,
      };
    default:
      return { name: 'last-week', ...lastWeek };
  }
}

/** A date is a place in the calendar: days are counted in UTC, where each has 24 hours. */
function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
