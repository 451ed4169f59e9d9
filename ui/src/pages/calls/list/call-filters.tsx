import { use, useState } from 'react';
import { type NameKind, useNames } from '../../../api/calls/names.ts';
import { Combobox } from '../../../components/forms/combobox.tsx';
import {
  type ChipFilter,
  choiceFilter,
  FilterChips,
  textFilter,
} from '../../../components/lists/filter-chips.tsx';
import { TextFilter } from '../../../components/lists/filters.tsx';
import { daysOf, type PeriodName } from '../../../components/lists/period.ts';
import { PeriodPicker } from '../../../components/lists/period-picker.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { TimeZone } from '../../../components/time.tsx';
import { chosenPeriod } from './call-search.ts';
import { SavedViews } from './saved-views.tsx';

const periods: PeriodName[] = ['today', 'yesterday', 'week', 'last-week', 'month', 'last-month', 'custom'];

/** The period first, then the search, then all other filters as chips. */
export function CallFilterBar() {
  const timeZone = use(TimeZone);
  const { search } = useUrlSearch();
  const chosen = chosenPeriod(search);
  const days = chosen === null || chosen === 'custom' ? 'week' : chosen;
  return (
    <search aria-label="Filters" className="mb-3 space-y-2">
      <PeriodPicker
        names={periods}
        chosen={chosen}
        allLabel="All time"
        days={daysOf(days, timeZone, Date.now())}
      />
      <div className="flex flex-wrap items-center gap-2">
        <SavedViews />
        <div className="w-full max-sm:order-first sm:w-72">
          <TextFilter name="q" label="Search" isLabelHidden placeholder="Call id, number, part of a name" />
        </div>
        <FilterChips filters={filters} />
      </div>
    </search>
  );
}

const partner = (name: string, label: string, kind: NameKind): ChipFilter => ({
  name,
  label,
  editor: <NameFilter name={name} kind={kind} label={label} />,
  isChoice: true,
});
const same = (value: string) => ({ value, label: value });

const filters: ChipFilter[] = [
  choiceFilter('state', 'State', [
    { value: 'live', label: 'Live' },
    { value: 'completed', label: 'Completed' },
  ]),
  choiceFilter('converted', 'Converted', [
    { value: 'true', label: 'Yes' },
    { value: 'false', label: 'No' },
  ]),
  choiceFilter('payout_status', 'Payout', [
    { value: 'owed', label: 'Owed' },
    { value: 'held', label: 'Held' },
    { value: 'pending', label: 'Pending' },
    { value: 'none', label: 'No amount' },
  ]),
  choiceFilter(
    'no_payout_reason',
    'Hold reason',
    ['Campaign preconversion', 'Condition not met', 'Caps exceeded'].map(same),
  ),
  partner('campaign', 'Campaign', 'campaigns'),
  partner('publisher', 'Publisher', 'publishers'),
  partner('buyer', 'Buyer', 'buyers'),
  textFilter('phone_number', 'Caller', { placeholder: 'Phone number' }),
  textFilter('tag', 'Tag', { placeholder: 'key or key:value' }),
];

/** Offers the names that calls are booked on. */
function NameFilter({ name, kind, label }: { name: string; kind: NameKind; label: string }) {
  const { search, set } = useUrlSearch();
  const [typed, setTyped] = useState<string | null>(null);
  const { data, isFetching } = useNames(kind, typed ?? '', typed !== null);
  return (
    <Combobox
      label={label}
      placeholder="Any"
      value={search[name] ?? null}
      items={data?.items ?? []}
      empty={isFetching ? 'Looking…' : `No ${label.toLowerCase()} has this in its name`}
      onChoose={(chosen) => set({ [name]: chosen ?? undefined })}
      onSearch={setTyped}
    />
  );
}
