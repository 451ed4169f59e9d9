import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense, use, useState } from 'react';
import { areFirstStepsDone, isAccountEmpty, useFirstSteps } from '../../api/first-steps.ts';
import { useAttention, useReport } from '../../api/overview.ts';
import { dateIn, type Period, type PeriodName, periodOf } from '../../components/lists/period.ts';
import { PeriodPicker } from '../../components/lists/period-picker.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState } from '../../components/states/error-state.tsx';
import { Skeleton } from '../../components/states/skeleton.tsx';
import { TimeZone } from '../../components/time.tsx';
import { Attention } from './attention.tsx';
import { Breakdown } from './breakdown.tsx';
import { Days } from './days.tsx';
import { Figures } from './figures.tsx';
import { type PreviousPeriod, previousOf } from './previous-period.ts';
import { SampleNote } from './sample-data.tsx';

const FirstSteps = lazy(async () => ({ default: (await import('./first-steps.tsx')).FirstSteps }));

/** Money first, then what needs attention. An account without calls and postbacks has no figures to show. */
export function OverviewPage() {
  const timeZone = use(TimeZone);
  const { data: steps } = useFirstSteps();
  // Where nothing is shown of it, too: the browser would keep what the page's HTML asks for until it is needed.
  useAttention();
  const [wereShown, setWereShown] = useState(false); // the last step is seen done before they go
  if (steps !== undefined && !areFirstStepsDone(steps) && !wereShown) setWereShown(true);
  return (
    <div className="space-y-4">
      <PageHeader title="Overview" description={`Days begin in ${timeZone}.`} />
      <SampleNote />
      {steps !== undefined && (wereShown || !areFirstStepsDone(steps)) && (
        <Suspense>
          <FirstSteps steps={steps} />
        </Suspense>
      )}
      {steps !== undefined &&
        (isAccountEmpty(steps) ? (
          <p className="text-muted text-sm">
            No calls and no postbacks yet: figures appear here with the first ones.
          </p>
        ) : (
          <Results />
        ))}
    </div>
  );
}

const periods: PeriodName[] = ['today', 'yesterday', '7d', '30d', 'month', 'last-month', 'custom'];

function Results() {
  const timeZone = use(TimeZone);
  const search = useSearch({ from: '/shell/overview' });
  const now = Date.now();
  const period = periodOf(search, timeZone, now);
  const previous = previousOf(period, dateIn(timeZone, now), now);
  return (
    <>
      <section aria-label="Revenue and payouts" className="space-y-4">
        <PeriodPicker names={periods} chosen={period.name} days={period} />
        <Money period={period} previous={previous} />
      </section>
      <Attention />
      <Breakdown period={period} />
    </>
  );
}

function Money({ period: { from, to }, previous }: { period: Period; previous: PreviousPeriod }) {
  const { data, error, refetch } = useReport({ by: 'day', from, to });
  const { data: before } = useReport({ by: 'day', from: previous.from, to: previous.to });
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} reset={() => void refetch()} />
    ) : (
      <Skeleton className="h-80 w-full" />
    );
  }
  return (
    <>
      <Figures
        totals={data.totals}
        before={before === undefined ? null : { totals: before.totals, words: previous.words }}
      />
      <p className="text-muted text-xs">
        Profit is revenue less payout owed. Compared with {previous.words}.
      </p>
      {data.rows.length > 1 && <Days rows={data.rows} />}
    </>
  );
}
