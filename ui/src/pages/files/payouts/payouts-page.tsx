import { use } from 'react';
import { TextField } from '../../../components/field.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { TimeZone } from '../../../components/time.tsx';
import { FilesHeader } from '../files-header.tsx';
import { NameField } from '../name-field.tsx';
import { PayoutReport } from './payout-report.tsx';
import { PayoutsByPublisher } from './payouts-by-publisher.tsx';
import { reportPeriodOf, reportPeriods } from './report-period.ts';

/** What is owed to publishers for a period; kept in the address. */
export function PayoutsPage() {
  const timeZone = use(TimeZone);
  const { search, set } = useUrlSearch();
  const period = reportPeriodOf(search, timeZone, Date.now());
  const publisher = search['publisher'] ?? null;
  return (
    <>
      <FilesHeader
        title={publisher === null ? 'Payouts' : `Payouts to ${publisher}`}
        description={`Calls that started from ${period.from} to ${period.to}, in the time zone ${timeZone}.`}
      />
      <div className="mb-5 flex flex-wrap items-end gap-3 print:hidden">
        <fieldset className="flex flex-wrap rounded-md bg-raised p-0.5">
          <legend className="sr-only">Period</legend>
          {reportPeriods.map(({ value, label }) => (
            <label
              key={value}
              className="relative rounded-sm px-2.5 py-1 text-muted text-sm hover:text-ink has-checked:bg-chosen has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="period"
                className="absolute inset-0 cursor-pointer opacity-0"
                checked={period.name === value}
                onChange={() => {
                  const days = value === 'custom' ? period : { from: undefined, to: undefined };
                  set({ period: value, from: days.from, to: days.to });
                }}
              />
              {label}
            </label>
          ))}
        </fieldset>
        {period.name === 'custom' && (
          <>
            <TextField label="First day" type="date" value={period.from} onChange={(from) => set({ from })} />
            <TextField label="Last day" type="date" value={period.to} onChange={(to) => set({ to })} />
          </>
        )}
        <div className="w-56">
          <NameField
            kind="publishers"
            label="Publisher"
            value={publisher}
            onChoose={(name) => set({ publisher: name ?? undefined })}
          />
        </div>
      </div>
      {publisher === null ? (
        <PayoutsByPublisher period={period} />
      ) : (
        <PayoutReport {...{ publisher, period }} />
      )}
    </>
  );
}
