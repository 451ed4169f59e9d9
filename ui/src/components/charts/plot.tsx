import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts';

type Series = {
  /** the name of its values in each point */
  id: string;
  name: string;
  /** a colour of the theme, such as `var(--color-applied)` */
  color: string;
};

/** `label`: below it, such as an hour or a day */
type Point = { label: string; values: Record<string, number> };

export type PlotProps = {
  points: readonly Point[];
  series: readonly Series[];
  kind: 'bars' | 'lines';
  /** how a value is written */
  format: (value: number) => string;
};

const axis = {
  stroke: 'var(--color-line)',
  tick: { fill: 'var(--color-muted)', fontSize: 11 },
  tickLine: false,
};

/** Bars or lines by the chart library; loaded by `Chart` alone. */
export function Plot({ points, series, kind, format }: PlotProps) {
  const data = points.map(({ label, values }) => ({ label, ...values }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={data} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis dataKey="label" minTickGap={24} height={24} {...axis} />
        <YAxis width="auto" allowDecimals={false} tickFormatter={format} {...axis} axisLine={false} />
        <Tooltip
          cursor={{ fill: 'var(--color-raised)' }}
          isAnimationActive={false}
          content={(props: TooltipContentProps) => <PointNote {...props} format={format} />}
        />
        {series.map(({ id, name, color }) =>
          kind === 'bars' ? (
            <Bar key={id} dataKey={id} name={name} stackId="all" fill={color} isAnimationActive={false} />
          ) : (
            <Area
              key={id}
              dataKey={id}
              name={name}
              type="linear"
              stroke={color}
              strokeWidth={2}
              fill={color}
              fillOpacity={0.08}
              dot={false}
              isAnimationActive={false}
            />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function PointNote({ active, payload, label, format }: TooltipContentProps & Pick<PlotProps, 'format'>) {
  if (!active) return null;
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-xs shadow-lg">
      <div className="mb-1 font-medium">{label}</div>
      {payload.map(({ name, value, color, dataKey }) => (
        <div key={String(dataKey)} className="flex items-center justify-between gap-4">
          <span className="flex items-center gap-1.5 text-muted">
            <svg aria-hidden="true" className="size-2">
              <rect width="8" height="8" rx="2" fill={color} />
            </svg>
            {name}
          </span>
          <data value={String(value)}>{format(Number(value))}</data>
        </div>
      ))}
    </div>
  );
}
