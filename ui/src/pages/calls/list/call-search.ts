import { type CallFilters, callFilterNames } from '../../../api/calls/calls.ts';
import { daysOf, isPeriodName, type PeriodName } from '../../../components/lists/period.ts';
import type { UrlSearch } from '../../../components/lists/url-search.ts';

/** The parameters of the page's address: the filters, the name of a period in place of its days, and the order. */
export const callSearchNames = [...callFilterNames, 'period', 'sort'] as const;
const filterSearchNames = [...callFilterNames, 'period'] as const;

/**
 * The filters that an address means at this moment, with the days of a period that it names.
 * @param now epoch milliseconds
 */
export function filtersOf(search: UrlSearch, timeZone: string, now: number): CallFilters {
  const { period } = search;
  const isNamed = isPeriodName(period) && period !== 'custom';
  const { from, to } = isNamed ? daysOf(period, timeZone, now) : search;
  const filters = Object.fromEntries(callFilterNames.map((name) => [name, search[name]]));
  return { ...filters, from, to };
}

/** The order that an address names, as the API takes it. */
export function sortOf({ sort }: UrlSearch): string | undefined {
  return sort;
}

/** The period that an address names; null: all time. Days without a name are those of another page's link. */
export function chosenPeriod({ period, from, to }: UrlSearch): PeriodName | null {
  if (isPeriodName(period)) return period;
  return from === undefined && to === undefined ? null : 'custom';
}

export function isFiltered(search: UrlSearch): boolean {
  return filterSearchNames.some((name) => search[name] !== undefined);
}

/** Removes every filter. */
export const noFilters: UrlSearch = Object.fromEntries(filterSearchNames.map((name) => [name, undefined]));
