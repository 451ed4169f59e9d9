import { Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import { type CallReportJson, useReport } from '../../../api/overview.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { TableSkeleton } from '../../../components/skeleton.tsx';
import { Money } from '../../../components/values/money.tsx';
import type { ReportPeriod } from './report-period.ts';

type Row = CallReportJson['rows'][number];
type Props = { period: ReportPeriod };

const publishersMax = 500;

/** What is owed to each publisher, the most first. */
export function PayoutsByPublisher({ period }: Props) {
  const { from, to } = period;
  const { data, error, refetch } = useReport({
    ...{ by: 'publisher', from, to, order: 'payout_owed', limit: publishersMax },
  });
  if (data === undefined)
    return error ? <ErrorState error={error} reset={() => void refetch()} /> : <TableSkeleton />;
  if (data.totals.calls === 0) {
    return (
      <EmptyState icon={Phone} title="No calls in this period">
        Choose another period.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Payouts by publisher"
      rows={data.rows}
      columns={columnsOf(period)}
      rowId={({ key }) => key ?? ''}
    />
  );
}

function columnsOf(period: ReportPeriod): Column<Row>[] {
  const money = (id: 'payout_owed' | 'payout_held' | 'payout_pending', header: string): Column<Row> => ({
    ...{ id, header, isNumber: true, isOnPhone: id !== 'payout_pending' },
    cell: (row) => <Money amount={row[id]} />,
  });
  return [
    {
      id: 'publisher',
      header: 'Publisher',
      isOnPhone: true,
      cell: ({ key }) =>
        key === null || key === '' ? (
          <span className="text-muted">no publisher</span>
        ) : (
          <Link
            to="/files/payouts"
            search={{ period: period.name, from: period.from, to: period.to, publisher: key }}
            className="font-medium text-accent hover:underline"
          >
            <bdi>{key}</bdi>
          </Link>
        ),
    },
    { id: 'calls', header: 'Calls', isNumber: true, cell: ({ calls }) => calls.toLocaleString('en-US') },
    {
      id: 'converted',
      header: 'Converted',
      isNumber: true,
      cell: ({ converted }) => converted.toLocaleString('en-US'),
    },
    money('payout_owed', 'Owed'),
    money('payout_held', 'Held'),
    money('payout_pending', 'Call still live'),
  ];
}
