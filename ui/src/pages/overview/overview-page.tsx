import { useSearch } from '@tanstack/react-router';
import { use } from 'react';
import { useReport } from '../../api/overview.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TimeZone } from '../../components/time.tsx';
import { Activity } from './activity.tsx';
import { Attention } from './attention.tsx';
import { Breakdown } from './breakdown.tsx';
import { Days } from './days.tsx';
import { Figures } from './figures.tsx';
import { type Period, periodOf } from './period.ts';
import { PeriodPicker } from './period-picker.tsx';

export function OverviewPage() {
  const timeZone = use(TimeZone);
  const search = useSearch({ from: '/shell/overview' });
  const period = periodOf(search, timeZone, Date.now());
  return (
    <div className="space-y-4">
      <PageHeader
        title="Overview"
        description={`What goes on now, and what calls brought; days begin in ${timeZone}.`}
      />
      <Attention />
      <Activity />
      <section aria-label="What calls brought" className="space-y-4 pt-2">
        <PeriodPicker period={period} />
        <Money period={period} />
        <Breakdown period={period} />
      </section>
    </div>
  );
}

function Money({ period: { from, to } }: { period: Period }) {
  const { data, error, refetch } = useReport({ by: 'day', from, to });
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} reset={() => void refetch()} />
    ) : (
      <Skeleton className="h-80 w-full" />
    );
  }
  return (
    <>
      <Figures totals={data.totals} />
      {data.rows.length > 1 && <Days rows={data.rows} />}
    </>
  );
}
