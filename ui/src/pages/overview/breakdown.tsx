import { Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import type { CallFilters } from '../../api/calls/calls.ts';
import type { CallReportJson } from '../../api/overview.ts';
import { useReport } from '../../api/overview.ts';
import { type Column, DataTable } from '../../components/lists/data-table.tsx';
import type { Period } from '../../components/lists/period.ts';
import { useUrlSearch } from '../../components/lists/url-search.ts';
import { Tabs } from '../../components/menus/tabs.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';
import { ErrorState } from '../../components/states/error-state.tsx';
import { TableSkeleton } from '../../components/states/skeleton.tsx';
import { Money } from '../../components/values/money.tsx';
import { percent } from '../../components/values/percent.ts';

const groupings = [
  { id: 'day', name: 'Day' },
  { id: 'campaign', name: 'Campaign' },
  { id: 'publisher', name: 'Publisher' },
  { id: 'buyer', name: 'Buyer' },
] as const;
type By = (typeof groupings)[number]['id'];
type Sums = CallReportJson['totals'];
/** A line of the table; `filters` are those of its calls. */
type Row = { id: string; name: string; filters: CallFilters | null; isTotal: boolean; sums: Sums };

/** The period's sums by day or by partner, with every digit, and ways into the calls behind them. */
export function Breakdown({ period }: { period: Period }) {
  const { search, set } = useUrlSearch();
  const open = groupings.find(({ id }) => id === search['by'])?.id ?? 'campaign';
  return (
    <section aria-label="Breakdown">
      <Tabs
        label="Broken down by"
        tabs={groupings.map(({ id, name }) => ({ id, name, content: <Table by={id} period={period} /> }))}
        open={open}
        onOpen={(by) => set({ by })}
      />
    </section>
  );
}

function Table({ by, period: { from, to } }: { by: By; period: Period }) {
  const { data, error, refetch } = useReport({ by, from, to });
  if (data === undefined) {
    return error ? <ErrorState error={error} reset={() => void refetch()} /> : <TableSkeleton />;
  }
  if (data.totals.calls === 0) {
    return (
      <EmptyState icon={Phone} title="No calls in this period">
        Choose another period. Calls come from the calls API or from Twilio’s status callbacks: see the docs.
      </EmptyState>
    );
  }
  const name = groupings.find(({ id }) => id === by)?.name ?? '';
  return (
    <DataTable
      label={`By ${name.toLowerCase()}`}
      rows={rowsOf(data, by, from, to)}
      columns={columnsOf(name)}
      rowId={({ id }) => id}
    />
  );
}

function rowsOf({ rows, rest, totals }: CallReportJson, by: By, from: string, to: string): Row[] {
  const lines = rows.map(({ key, ...sums }, at) => ({
    id: `row ${at}`,
    name: key === null || key === '' ? `no ${by}` : key,
    filters: key === null || key === '' ? null : callsOf(by, key, from, to),
    isTotal: false,
    sums,
  }));
  if (by === 'day') lines.reverse();
  if (rest !== null) {
    const name = `${rest.groups.toLocaleString('en-US')} more`;
    lines.push({ id: 'rest', name, filters: null, isTotal: false, sums: rest });
  }
  return [...lines, { id: 'total', name: 'Total', filters: null, isTotal: true, sums: totals }];
}

function callsOf(by: By, key: string, from: string, to: string): CallFilters {
  return by === 'day' ? { from: key, to: key } : { [by]: key, from, to };
}

function columnsOf(name: string): Column<Row>[] {
  const sum = (id: keyof Sums, header: string, isOnPhone = false): Column<Row> => ({
    id,
    header,
    isNumber: true,
    isOnPhone,
    cell: ({ sums, isTotal }) => <Strong isTotal={isTotal}>{writeSum(id, sums)}</Strong>,
  });
  return [
    {
      id: 'key',
      header: name,
      isOnPhone: true,
      room: 'sentence',
      cell: ({ name: text, filters, isTotal }) => (
        <Strong isTotal={isTotal}>
          {filters === null ? (
            <bdi className={isTotal ? '' : 'text-muted'}>{text}</bdi>
          ) : (
            <Link
              to="/calls"
              search={filters}
              className="block truncate text-accent hover:underline"
              title={text}
            >
              <bdi>{text}</bdi>
            </Link>
          )}
        </Strong>
      ),
    },
    sum('calls', 'Calls'),
    sum('converted', 'Converted'),
    sum('conversion_rate', 'Conversion'),
    sum('revenue', 'Revenue', true),
    sum('payout_owed', 'Payout owed'),
    sum('payout_held', 'Payout held'),
    sum('profit', 'Profit', true),
  ];
}

function writeSum(id: keyof Sums, sums: Sums) {
  const value = sums[id];
  if (id === 'conversion_rate') return percent(sums.conversion_rate);
  return typeof value === 'number' ? value.toLocaleString('en-US') : <Money amount={value} />;
}

function Strong({ isTotal, children }: { isTotal: boolean; children: React.ReactNode }) {
  return isTotal ? <strong className="font-semibold">{children}</strong> : children;
}
