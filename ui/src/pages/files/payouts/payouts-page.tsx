import { Printer } from 'lucide-react';
import { use, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '../../../components/button.tsx';
import { zoneLabel } from '../../../components/forms/time-zones.ts';
import { FilterChips } from '../../../components/lists/filter-chips.tsx';
import { type PeriodName, periodOf } from '../../../components/lists/period.ts';
import { PeriodPicker } from '../../../components/lists/period-picker.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { TimeZone } from '../../../components/time.tsx';
import { partnerFilter } from '../../calls/list/partner-filter.tsx';
import { PayoutReport } from './payout-report.tsx';
import { PayoutsByPublisher } from './payouts-by-publisher.tsx';

const periods: PeriodName[] = ['last-week', 'week', 'last-month', 'month', 'custom'];
const filters = [partnerFilter('publisher', 'Publisher', 'publishers')];

/** What is owed to publishers for a period; kept in the address. */
export function PayoutsPage() {
  const timeZone = use(TimeZone);
  const { search } = useUrlSearch();
  const now = Date.now();
  const period = periodOf(search, timeZone, now, 'last-week');
  const publisher = search['publisher'] ?? null;
  const [isPreparing, setPreparing] = useState(false);
  /** paper has no button to show more */
  const loadAll = useRef<() => Promise<void>>(undefined);
  const print = async () => {
    setPreparing(true);
    await loadAll.current?.();
    flushSync(() => setPreparing(false));
    window.print();
  };
  return (
    <>
      <PageHeader
        title={publisher === null ? 'Payouts' : `Payouts to ${publisher}`}
        description={
          <>
            Calls that started from <span className="whitespace-nowrap">{period.from}</span> to{' '}
            <span className="whitespace-nowrap">{period.to}</span>. All times are in{' '}
            {zoneLabel(timeZone, now)}.
          </>
        }
        actions={
          <span className="print:hidden">
            <Button icon={Printer} isBusy={isPreparing} onClick={() => void print()}>
              Print
            </Button>
          </span>
        }
      />
      <search aria-label="Filters" className="mb-3 space-y-2 print:hidden">
        <PeriodPicker names={periods} chosen={period.name} days={period} />
        <div className="flex flex-wrap items-center gap-2">
          <FilterChips filters={filters} />
        </div>
      </search>
      {publisher === null ? (
        <PayoutsByPublisher period={period} />
      ) : (
        <PayoutReport {...{ publisher, period, loadAll }} />
      )}
    </>
  );
}
