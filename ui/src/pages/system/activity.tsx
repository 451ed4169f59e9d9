import { use } from 'react';
import { type ActivityJson, useActivity } from '../../api/overview.ts';
import { Card } from '../../components/card.tsx';
import { Chart } from '../../components/charts/chart.tsx';
import { outcomeSeries } from '../../components/charts/outcome-series.ts';
import { ErrorState } from '../../components/states/error-state.tsx';
import { Skeleton } from '../../components/states/skeleton.tsx';
import { formatInstant, TimeZone } from '../../components/time.tsx';
import { Figure } from '../overview/figures.tsx';

/** What happens now. */
export function Activity() {
  const { data, error, refetch } = useActivity();
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} reset={() => void refetch()} />
    ) : (
      <Skeleton className="h-72 w-full" />
    );
  }
  return (
    <section aria-label="Now" className="grid gap-3 xl:grid-cols-[minmax(0,1fr)_15rem]">
      <Card title="Postbacks a minute of the last hour, by answer">
        <PostbacksAMinute minutes={data.minutes} />
      </Card>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-1 xl:grid-rows-3">
        <Figure name="Live calls">{data.live_calls.toLocaleString('en-US')}</Figure>
        <Figure name="Queued updates" note="wait for their calls to complete">
          {data.queued_updates.toLocaleString('en-US')}
        </Figure>
        <Figure
          name="Commit time"
          note={
            data.commit === null
              ? 'nothing was written in the last 5 minutes'
              : `median of the last 5 minutes; 99 % within ${data.commit.p99_ms} ms`
          }
        >
          {data.commit === null ? '–' : `${data.commit.p50_ms} ms`}
        </Figure>
      </dl>
    </section>
  );
}

function PostbacksAMinute({ minutes }: Pick<ActivityJson, 'minutes'>) {
  const timeZone = use(TimeZone);
  const points = minutes.map(({ at, counts }) => ({
    label: formatInstant(at, timeZone).slice(11, 16),
    values: counts ?? {},
  }));
  const isPartial = minutes.some(({ counts }) => counts === null);
  return (
    <>
      <Chart title="Postbacks a minute by answer" points={points} series={outcomeSeries} />
      {isPartial && <p className="mt-2 text-muted text-xs">Older minutes are still being counted.</p>}
    </>
  );
}
