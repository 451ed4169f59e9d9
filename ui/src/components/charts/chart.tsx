import { lazy, Suspense } from 'react';
import { Skeleton } from '../states/skeleton.tsx';
import type { PlotProps } from './plot.tsx';

/** Bars and whole numbers, unless a prop says otherwise. */
type ChartProps = Pick<PlotProps, 'points' | 'series'> &
  Partial<Pick<PlotProps, 'kind' | 'format'>> & { title: string };

/** The library is fetched when the first chart is shown, and not before. */
const Plot = lazy(async () => ({ default: (await import('./plot.tsx')).Plot }));

/**
 * Values over time, on a card that has the title for the eye. What it shows is also a table, for readers. Series without
 * a value are left out.
 */
export function Chart({ title, points, series: all, kind = 'bars', format = formatCount }: ChartProps) {
  const present = all.filter(({ id }) => points.some(({ values }) => (values[id] ?? 0) !== 0));
  const series = present.length === 0 ? all.slice(0, 1) : present;
  return (
    <figure>
      <figcaption className="mb-2">
        <span className="sr-only">{title}</span>
        <ul className="flex flex-wrap gap-x-3 text-muted text-xs">
          {series.map(({ id, name, color }) => (
            <li key={id} className="flex items-center gap-1.5">
              <svg aria-hidden="true" className="size-2.5">
                <rect width="10" height="10" rx="2" fill={color} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div aria-hidden className="h-52">
        <Suspense fallback={<Skeleton className="h-full w-full" />}>
          <Plot points={points} series={series} kind={kind} format={format} />
        </Suspense>
      </div>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ id, name }) => (
                <th key={id} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ label, values }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map(({ id }) => (
                  <td key={id}>{format(values[id] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
