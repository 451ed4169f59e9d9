import { FilterBar } from '../../../components/lists/filter-bar.tsx';
import { type ChipFilter, choiceFilter, textFilter } from '../../../components/lists/filter-chips.tsx';
import { TextFilter } from '../../../components/lists/filters.tsx';
import { partnerFilter } from './partner-filter.tsx';
import { SavedViews } from './saved-views.tsx';

/** The period first, then the search, then all other filters as chips. */
export function CallFilterBar() {
  return (
    <FilterBar filters={filters} hasPeriod>
      <SavedViews />
      <div className="w-full max-sm:order-first sm:w-72">
        <TextFilter name="q" label="Search" isLabelHidden placeholder="Call id, number, part of a name" />
      </div>
    </FilterBar>
  );
}

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
    'No-payout reason',
    ['Campaign preconversion', 'Condition not met', 'Caps exceeded'].map(same),
  ),
  partnerFilter('campaign', 'Campaign', 'campaigns'),
  partnerFilter('publisher', 'Publisher', 'publishers'),
  partnerFilter('buyer', 'Buyer', 'buyers'),
  textFilter('phone_number', 'Caller', { placeholder: 'Phone number' }),
  textFilter('tag', 'Tag', { placeholder: 'key or key:value' }),
];
