import { type ReactNode, use } from 'react';
import { TimeZone } from '../time.tsx';
import { type ChipFilter, FilterChips } from './filter-chips.tsx';
import { chosenPeriod, type Days, daysOf, type PeriodName, searchedDays } from './period.ts';
import { PeriodPicker } from './period-picker.tsx';
import { type UrlSearch, useUrlSearch } from './url-search.ts';

export type FilterBarProps = {
  filters: readonly ChipFilter[];
  /** the list has a time: periods come first */
  hasPeriod?: boolean;
  /** what is beside the chips, such as a search */
  children?: ReactNode;
};

const periods: PeriodName[] = ['today', 'yesterday', 'week', 'last-week', 'month', 'last-month', 'custom'];

/** The filters of a list, the same everywhere: the period first, then the search, then all others as chips. */
export function FilterBar({ filters, hasPeriod = false, children }: FilterBarProps) {
  return (
    <search aria-label="Filters" className="mb-3 space-y-2">
      {hasPeriod && <ListPeriod />}
      <div className="flex flex-wrap items-center gap-2">
        {children}
        <FilterChips filters={filters} />
      </div>
    </search>
  );
}

function ListPeriod() {
  const timeZone = use(TimeZone);
  const { search } = useUrlSearch();
  const chosen = chosenPeriod(search);
  const days = chosen === null || chosen === 'custom' ? 'week' : chosen;
  return (
    <PeriodPicker
      names={periods}
      chosen={chosen}
      allLabel="All time"
      days={daysOf(days, timeZone, Date.now())}
    />
  );
}

/** The filters with these names that the address sets, with the days of a period that it names. */
export function useFilters<const Name extends string>(
  names: readonly Name[],
): { [Key in Name]?: string } & Partial<Days> {
  const { search } = useUrlSearch();
  const timeZone = use(TimeZone);
  const set = names.map((name) => [name, search[name]] as const).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(set) as { [Key in Name]?: string }),
    ...searchedDays(search, timeZone, Date.now()),
  };
}

/** Whether the address narrows the list at all. */
export function isFiltered(search: UrlSearch, names: readonly string[]): boolean {
  return ['period', ...names].some((name) => search[name] !== undefined);
}
