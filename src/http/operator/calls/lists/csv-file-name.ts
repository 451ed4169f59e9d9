import { dateOf } from '../../../../core/values/time/days.ts';
import type { CallFilter } from '../../../../store/store.ts';

/** Of a name, so that the file's is not too long for any file system. */
const nameCharsMax = 40;

/**
 * The name of a file of calls: what it is narrowed to, and its days; without days, that of the export. Those of a report
 * are told apart by it: `calls-owed-Search-ads-2026-11-16-to-2026-11-22.csv`
 */
export function csvFileName(filter: CallFilter, timeZone: string, now: string): string {
  const { payoutStatus, publisher, buyer, campaign, from, to } = filter;
  const days = [from, to].filter((instant) => instant !== undefined).map((at) => dateOf(at, timeZone));
  const period = days.length === 0 ? dateOf(now, timeZone) : [...new Set(days)].join('-to-');
  const names = [publisher, buyer, campaign].map((name) => (name === undefined ? '' : asciiOf(name)));
  return `${['calls', payoutStatus ?? '', ...names, period].filter((part) => part !== '').join('-')}.csv`;
}

function asciiOf(name: string): string {
  const words =
    name
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .match(/[A-Za-z0-9]+/g) ?? [];
  return words.join('-').slice(0, nameCharsMax);
}
