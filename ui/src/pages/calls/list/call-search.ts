import { type CallFilters, callFilterNames } from '../../../api/calls/calls.ts';
import { searchedDays } from '../../../components/lists/period.ts';
import type { UrlSearch } from '../../../components/lists/url-search.ts';

/** The parameters of the page's address: the filters, the name of a period in place of its days, and the order. */
export const callSearchNames = [...callFilterNames, 'period', 'sort'] as const;
const filterSearchNames = [...callFilterNames, 'period'] as const;

/**
 * The filters that an address means at this moment, with the days of a period that it names.
 * @param now epoch milliseconds
 */
export function filtersOf(search: UrlSearch, timeZone: string, now: number): CallFilters {
  const { from, to, ...filters } = Object.fromEntries(callFilterNames.map((name) => [name, search[name]]));
  return { ...filters, ...searchedDays(search, timeZone, now) };
}

/** The order that an address names, as the API takes it. */
export function sortOf({ sort }: UrlSearch): string | undefined {
  return sort;
}

export function isFiltered(search: UrlSearch): boolean {
  return filterSearchNames.some((name) => search[name] !== undefined);
}

/** Removes every filter. */
export const noFilters: UrlSearch = Object.fromEntries(filterSearchNames.map((name) => [name, undefined]));
