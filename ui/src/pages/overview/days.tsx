import type { CallReportJson } from '../../api/overview.ts';
import { Card } from '../../components/card.tsx';
import { Chart } from '../../components/charts/chart.tsx';

const money = [
  { id: 'revenue', name: 'Revenue', color: 'var(--color-accent)' },
  { id: 'payout_owed', name: 'Payout owed', color: 'var(--color-held)' },
  { id: 'profit', name: 'Profit', color: 'var(--color-applied)' },
] as const;
const conversion = [{ id: 'rate', name: 'Conversion rate', color: 'var(--color-live)' }];

/** The days of the period as curves. A curve needs numbers, not every digit: the table beside it has those. */
export function Days({ rows }: Pick<CallReportJson, 'rows'>) {
  return (
    <div className="grid gap-3 xl:grid-cols-2">
      <Card title="Money by day">
        <Chart
          title="Revenue, payout and profit by day"
          kind="lines"
          series={money}
          points={rows.map(({ key, ...sums }) => ({
            label: key ?? '',
            values: Object.fromEntries(money.map(({ id }) => [id, Number(sums[id])])),
          }))}
          format={(value) => value.toLocaleString('en-US', { maximumFractionDigits: 2 })}
        />
      </Card>
      <Card title="Conversion by day">
        <Chart
          title="Conversion rate by day"
          kind="lines"
          series={conversion}
          points={rows.map(({ key, conversion_rate: rate }) => ({
            label: key ?? '',
            values: { rate: Number(rate ?? 0) * 100 },
          }))}
          format={(value) => `${value.toLocaleString('en-US', { maximumFractionDigits: 2 })} %`}
        />
      </Card>
    </div>
  );
}
