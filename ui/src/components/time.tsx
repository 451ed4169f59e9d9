import { createContext, use, useSyncExternalStore } from 'react';

/** The account's time zone, for all times on the page. */
export const TimeZone = createContext('UTC');

export type TimeProps = {
  /** an instant of the API, or null */
  at: string | null;
  /** how long ago, instead of the date; the date is in the title */
  isRelative?: boolean;
};

/** An instant in the account's time zone. Pointing at it shows the other way to say it. */
export function Time({ at, isRelative = false }: TimeProps) {
  const timeZone = use(TimeZone);
  const now = useNow();
  if (at === null) return <span className="text-muted">–</span>;
  const absolute = formatInstant(at, timeZone);
  const relative = formatAge(at, now);
  return (
    <time
      dateTime={at}
      title={isRelative ? `${absolute} (${timeZone})` : `${relative} (${timeZone})`}
      className="whitespace-nowrap"
    >
      {isRelative ? relative : absolute}
    </time>
  );
}

/** `2026-11-24 09:05:31` */
export function formatInstant(at: string, timeZone: string): string {
  const parts = formatterOf(timeZone).formatToParts(new Date(at));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}

const ages = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const;
const wording = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' });

function formatAge(at: string, now: number): string {
  const ageMs = now - Date.parse(at);
  for (const { unit, ms } of ages) {
    if (Math.abs(ageMs) >= ms) return wording.format(-Math.trunc(ageMs / ms), unit);
  }
  return 'just now';
}

const clockMs = 15_000;
const listeners = new Set<() => void>();
let now = Date.now();

/** One clock for the whole page: relative times move together. */
function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

function listen(tell: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = window.setInterval(tick, clockMs);
  }
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

let timer: number | undefined;

function tick(): void {
  now = Date.now();
  for (const tell of listeners) tell();
}
