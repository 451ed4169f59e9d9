const names = {
  today: 'Today',
  yesterday: 'Yesterday',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  week: 'This week',
  'last-week': 'Last week',
  month: 'This month',
  'last-month': 'Last month',
  custom: 'Custom',
} as const;
export type PeriodName = keyof typeof names;

/** Dates, both included. */
export type Days = { from: string; to: string };
export type Period = Days & { name: PeriodName };

export type PeriodSearch = {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const date = /^\d{4}-\d\d-\d\d$/;

export function periodLabel(name: PeriodName): string {
  return names[name];
}

function isPeriodName(text: string | undefined): text is PeriodName {
  return text !== undefined && Object.hasOwn(names, text);
}

function isDay(text: string | undefined): text is string {
  return text !== undefined && date.test(text);
}

/**
 * The period that the address names, or else the usual one.
 * @param now epoch milliseconds
 */
export function periodOf(
  { period, from, to }: PeriodSearch,
  timeZone: string,
  now: number,
  usual: Exclude<PeriodName, 'custom'> = '7d',
): Period {
  const name = isPeriodName(period) ? period : usual;
  const days = daysOf(name === 'custom' ? usual : name, timeZone, now);
  if (name !== 'custom') return { name, ...days };
  return { name, from: isDay(from) ? from : days.from, to: isDay(to) ? to : days.to };
}

/** The period that a list's address names; null: all time. Days without a name are those of another page's link. */
export function chosenPeriod({ period, from, to }: PeriodSearch): PeriodName | null {
  if (isPeriodName(period)) return period;
  return from === undefined && to === undefined ? null : 'custom';
}

/** The days that a list's address means at this moment. @param now epoch milliseconds */
export function searchedDays(
  { period, from, to }: PeriodSearch,
  timeZone: string,
  now: number,
): Partial<Days> {
  const named = isPeriodName(period) && period !== 'custom' ? daysOf(period, timeZone, now) : { from, to };
  return Object.fromEntries(Object.entries(named).filter(([, day]) => day !== undefined));
}

/** The days of a period that is not custom, in the account's time zone. Weeks begin on Monday. */
export function daysOf(name: Exclude<PeriodName, 'custom'>, timeZone: string, now: number): Days {
  const today = dateIn(timeZone, now);
  const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
  const monthStart = `${today.slice(0, 8)}01`;
  const lastMonthEnd = addDays(monthStart, -1);
  const days = {
    today: { from: today, to: today },
    yesterday: { from: addDays(today, -1), to: addDays(today, -1) },
    '7d': { from: addDays(today, -6), to: today },
    '30d': { from: addDays(today, -29), to: today },
    week: { from: monday, to: today },
    'last-week': { from: addDays(monday, -7), to: addDays(monday, -1) },
    month: { from: monthStart, to: today },
    'last-month': { from: `${lastMonthEnd.slice(0, 8)}01`, to: lastMonthEnd },
  };
  return days[name];
}

export function dateIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
}

/** A date is a place in the calendar: days are counted in UTC, where each has 24 hours. */
function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
