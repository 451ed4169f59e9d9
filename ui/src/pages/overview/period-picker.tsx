import { TextFilter } from '../../components/filters.tsx';
import { useUrlSearch } from '../../components/url-search.ts';
import { type Period, periods } from './period.ts';

/** Which days the numbers are of; kept in the address. */
export function PeriodPicker({ period }: { period: Period }) {
  const { set } = useUrlSearch();
  const choose = (name: string) =>
    set({
      period: name,
      ...(name === 'custom' ? { from: period.from, to: period.to } : { from: undefined, to: undefined }),
    });
  return (
    <div className="flex flex-wrap items-end gap-3">
      <fieldset className="flex flex-wrap rounded-md bg-raised p-0.5">
        <legend className="sr-only">Period</legend>
        {periods.map(({ value, label }) => (
          <label
            key={value}
            className="relative rounded-sm px-2.5 py-1 text-muted text-sm hover:text-ink has-checked:bg-chosen has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="period"
              className="absolute inset-0 cursor-pointer opacity-0"
              checked={period.name === value}
              onChange={() => choose(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {period.name === 'custom' && (
        <>
          <TextFilter name="from" label="First day" type="date" />
          <TextFilter name="to" label="Last day" type="date" />
        </>
      )}
    </div>
  );
}
