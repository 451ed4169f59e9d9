import { DateField } from '../forms/date-field.tsx';
import { type Days, type PeriodName, periodLabel } from './period.ts';
import { useUrlSearch } from './url-search.ts';

export type PeriodPickerProps = {
  /** those to choose from, in their order */
  names: readonly PeriodName[];
  /** null: no period is chosen, which `allLabel` offers */
  chosen: PeriodName | null;
  allLabel?: string;
  /** what "Custom" begins with */
  days: Days | null;
};

/** Which days a page is about; kept in the address. */
export function PeriodPicker({ names, chosen, allLabel, days }: PeriodPickerProps) {
  const { set } = useUrlSearch();
  const choose = (name: PeriodName | null) => {
    const from = name === 'custom' ? days?.from : undefined;
    const to = name === 'custom' ? days?.to : undefined;
    set({ period: name ?? undefined, from, to });
  };
  return (
    <div className="flex flex-wrap items-end gap-3">
      <fieldset className="flex min-w-0 max-w-full flex-wrap rounded-md bg-raised p-0.5 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:[scrollbar-width:none]">
        <legend className="sr-only">Period</legend>
        {allLabel !== undefined && (
          <PeriodChoice label={allLabel} isChosen={chosen === null} onChoose={() => choose(null)} />
        )}
        {names.map((name) => (
          <PeriodChoice
            key={name}
            label={periodLabel(name)}
            isChosen={chosen === name}
            onChoose={() => choose(name)}
          />
        ))}
      </fieldset>
      {chosen === 'custom' && (
        <>
          <DayFilter name="from" label="First day" />
          <DayFilter name="to" label="Last day" isAfter="from" />
        </>
      )}
    </div>
  );
}

type DayFilterProps = { name: 'from' | 'to'; label: string; isAfter?: 'from' };

/** An instant of another page's link is shown as its day. */
function DayFilter({ name, label, isAfter }: DayFilterProps) {
  const { search, set } = useUrlSearch();
  const dayOf = (key: 'from' | 'to') => (search[key] ?? '').slice(0, 10);
  const day = dayOf(name);
  const isReversed = isAfter !== undefined && day !== '' && dayOf(isAfter) > day;
  return (
    <div className="w-36">
      <DateField
        label={label}
        value={day}
        error={isReversed ? 'Before the first day.' : undefined}
        onChange={(chosen) => set({ [name]: chosen })}
      />
    </div>
  );
}

type PeriodChoiceProps = { label: string; isChosen: boolean; onChoose(): void };

function PeriodChoice({ label, isChosen, onChoose }: PeriodChoiceProps) {
  return (
    <label className="relative shrink-0 whitespace-nowrap rounded-sm px-2.5 py-1 text-muted text-sm hover:text-ink has-checked:bg-chosen has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="radio"
        name="period"
        className="absolute inset-0 cursor-pointer opacity-0"
        checked={isChosen}
        onChange={onChoose}
      />
      {label}
    </label>
  );
}
