export type SparkSeries = { id: string; color: string };

export type SparkBarsProps = {
  /** what it shows, with its numbers, for readers */
  label: string;
  /** values of each series, point by point; null: not known yet */
  points: readonly (Readonly<Record<string, number>> | null)[];
  series: readonly SparkSeries[];
};

const barWidth = 4;
const gap = 1;
const height = 24;
/** What is there at all is seen. */
const heightMin = 1.5;

/** A chart as small as a word: a bar for each point, its parts stacked. */
export function SparkBars({ label, points, series }: SparkBarsProps) {
  const totals = points.map((point) => series.reduce((sum, { id }) => sum + (point?.[id] ?? 0), 0));
  const max = Math.max(1, ...totals);
  const width = points.length * (barWidth + gap) - gap;
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="overflow-visible">
      <title>{label}</title>
      <line x1="0" x2={width} y1={height + 0.5} y2={height + 0.5} stroke="var(--color-line)" />
      {points.map((point, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
        <g key={at} transform={`translate(${at * (barWidth + gap)} 0)`}>
          {point === null ? (
            <rect
              y={height - heightMin}
              width={barWidth}
              height={heightMin}
              fill="var(--color-line-strong)"
            />
          ) : (
            stack(point, series, max).map(({ id, color, y, tall }) => (
              <rect key={id} y={y} width={barWidth} height={tall} fill={color} />
            ))
          )}
        </g>
      ))}
    </svg>
  );
}

function stack(point: Readonly<Record<string, number>>, series: readonly SparkSeries[], max: number) {
  let y = height;
  return series
    .filter(({ id }) => (point[id] ?? 0) > 0)
    .map(({ id, color }) => {
      const tall = Math.max(heightMin, ((point[id] ?? 0) / max) * height);
      y -= tall;
      return { id, color, y, tall };
    });
}
