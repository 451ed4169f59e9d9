import type { ReactNode } from 'react';
import { type CallFilters, useCalls, useCallTotals } from '../../../api/calls/calls.ts';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { Skeleton } from '../../../components/states/skeleton.tsx';
import { Money } from '../../../components/values/money.tsx';
import { percent } from '../../../components/values/percent.ts';

/** The sums of all calls that the filters mean, not only of those on the page. */
export function TotalsBar({ filters }: { filters: CallFilters }) {
  const hasRows = useCalls(filters, useUrlSearch().search['sort']).data !== undefined;
  const { data, isPlaceholderData } = useCallTotals(filters, hasRows); // the rows come first
  const totals = data?.totals;
  const count = (value: number | undefined) => value?.toLocaleString('en-US');
  const figures: [string, ReactNode, (string | undefined)?][] = [
    ['Calls', count(totals?.calls), totals && totals.live > 0 ? `${count(totals.live)} live` : undefined],
    ['Converted', count(totals?.converted), totals && percent(totals.conversion_rate)],
    ['Revenue', totals && <Money amount={totals.revenue} />],
    ['Owed', totals && <Money amount={totals.payout_owed} />],
    ['Held', totals && <Money amount={totals.payout_held} />],
    ['Profit', totals && <Money amount={totals.profit} />],
  ];
  return (
    <dl
      aria-label="Totals"
      aria-busy={totals === undefined || isPlaceholderData}
      className={`mb-3 grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-6 ${isPlaceholderData ? 'opacity-60' : ''}`}
    >
      {figures.map(([name, value, note]) => (
        <div key={name} className="min-w-0 bg-surface px-2.5 py-1.5 sm:px-3 sm:py-2">
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="flex h-6 min-w-0 items-baseline gap-2 font-semibold text-sm tabular-nums sm:text-base">
            {value ?? <Skeleton className="h-4 w-20 self-center" />}
            {note !== undefined && <span className="truncate font-normal text-muted text-xs">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
