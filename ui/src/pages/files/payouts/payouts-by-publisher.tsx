import { Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import { type CallReportJson, useReport } from '../../../api/overview.ts';
import { type Column, DataTable, rowLinkStyle } from '../../../components/lists/data-table.tsx';
import type { Period } from '../../../components/lists/period.ts';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { Money } from '../../../components/values/money.tsx';

type Row = CallReportJson['rows'][number];
type Props = { period: Period };

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
      footer={{
        publisher: 'All publishers',
        calls: data.totals.calls.toLocaleString('en-US'),
        converted: data.totals.converted.toLocaleString('en-US'),
        payout_owed: <Money amount={data.totals.payout_owed} />,
        payout_held: <Money amount={data.totals.payout_held} />,
        payout_pending: <Money amount={data.totals.payout_pending} />,
      }}
    />
  );
}

/** A named period stays that period: only days of one's own are in the address. */
function searchOf({ name, from, to }: Period): Record<string, string> {
  return name === 'custom' ? { period: name, from, to } : { period: name };
}

function columnsOf(period: Period): Column<Row>[] {
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
          <Link to="/files/payouts" search={{ ...searchOf(period), publisher: key }} className={rowLinkStyle}>
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
    money('payout_pending', 'Pending (live)'),
  ];
}
