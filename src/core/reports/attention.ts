/** What an operator should look at: rules over counts, with the time passed in. */

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Rejected postbacks of one webhook and code, by how many whole hours ago they came. */
export type HourOfRejections = { webhookId: string; hoursAgo: number; code: string; count: number };

/** Rejections that rose over what is usual. */
export type Rise = {
  webhookId: string;
  /** what was looked at: the last hour, or the last day */
  windowHours: number;
  rejected: number;
  /** how many the time before had in as many hours, on average */
  usual: number;
  /** the most frequent one of the window */
  code: string;
};

/** The last hour is compared with the day before it, the last day with the week before. */
const comparisons = [
  { windowHours: 1, pastHours: 24 },
  { windowHours: 24, pastHours: 168 },
];
export const rejectionHours = 24 + 168;
/** Fewer are a trial. */
const rejectedMin = 5;

/**
 * Finds the webhooks whose rejections at least doubled, beyond what chance does to small numbers. One that is younger
 * than the time that it is held against is held against the time that it has.
 * @param ageHours of each webhook, or how far back its rejections are known
 */
export function findRises(hours: HourOfRejections[], ageHours: Map<string, number>): Rise[] {
  const rises: Rise[] = [];
  for (const [webhookId, age] of ageHours) {
    const own = hours.filter((hour) => hour.webhookId === webhookId);
    const rise = comparisons
      .filter(({ windowHours }, at) => at === 0 || windowHours < age)
      .map((comparison) => riseOf(webhookId, own, age, comparison))
      .find(isRise);
    if (rise !== undefined) rises.push(rise);
  }
  return rises;
}

function riseOf(
  webhookId: string,
  hours: HourOfRejections[],
  ageHours: number,
  { windowHours, pastHours }: (typeof comparisons)[number],
): Rise | null {
  const recent = hours.filter(({ hoursAgo }) => hoursAgo < windowHours);
  const past = hours.filter(({ hoursAgo }) => hoursAgo >= windowHours && hoursAgo < windowHours + pastHours);
  const knownHours = Math.min(pastHours, Math.max(ageHours - windowHours, 1));
  const usual = (countOf(past) * windowHours) / knownHours;
  const rejected = countOf(recent);
  const isRising = rejected >= rejectedMin && rejected > 2 * usual && rejected > usual + 3 * Math.sqrt(usual);
  return isRising ? { webhookId, windowHours, rejected, usual, code: topCodeOf(recent) } : null;
}

function isRise(rise: Rise | null): rise is Rise {
  return rise !== null;
}

function countOf(hours: HourOfRejections[]): number {
  return hours.reduce((sum, { count }) => sum + count, 0);
}

function topCodeOf(hours: HourOfRejections[]): string {
  const counts = new Map<string, number>();
  for (const { code, count } of hours) counts.set(code, (counts.get(code) ?? 0) + count);
  const [top] = [...counts].sort(([, one], [, other]) => other - one);
  return top?.[0] ?? '';
}

/** A window of time that ends now, and the same one on each of the seven days before: `from` until before `to`. */
export type Window = { hours: number; days: { fromMs: number; toMs: number }[] };

/** So many in a window, and that none came in the next is no chance. */
export const usualMin = 5;

/** Both the last three hours and the last day are looked at: the first tells early, the second of slow senders. */
export function silenceWindows(nowMs: number): Window[] {
  return [3, 24].map((hours) => ({
    hours,
    days: [1, 2, 3, 4, 5, 6, 7].map((ago) => {
      const toMs = nowMs - ago * dayMs;
      return { fromMs: toMs - hours * hourMs, toMs };
    }),
  }));
}

/**
 * True for somebody who fell silent: nothing came in the window, though at least `usualMin` came in it on three of
 * the last seven days, the same day of the last week among them, so that a weekend is no silence.
 * @param wasBusy for each day of the window, nearest first
 */
export function isSilent(window: Window, lastMs: number, nowMs: number, wasBusy: boolean[]): boolean {
  return (
    lastMs < nowMs - window.hours * hourMs &&
    wasBusy.filter(Boolean).length >= 3 &&
    wasBusy[window.days.length - 1] === true
  );
}
