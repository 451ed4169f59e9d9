import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { type RefObject, useEffect } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type CallFilters, callsCsvUrl } from '../../../api/calls/calls.ts';
import { usePayoutCalls } from '../../../api/calls/payouts.ts';
import { useReport } from '../../../api/overview.ts';
import { buttonStyle } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import type { Days } from '../../../components/lists/period.ts';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { Time } from '../../../components/time.tsx';
import { Money } from '../../../components/values/money.tsx';

const csvColumns = [
  ...['call_log_id', 'started_at', 'phone_number', 'campaign', 'publisher', 'converted', 'call_converted_at'],
  ...['publisher_paid_out', 'payout_status', 'no_payout_reason'],
];

type Props = {
  publisher: string;
  period: Days;
  /** gets what loads every call of the lists */
  loadAll: RefObject<(() => Promise<void>) | undefined>;
};

/** What is owed to one publisher: the sum, its calls, and apart from them the held ones with their reasons. */
export function PayoutReport({ publisher, period: { from, to }, loadAll }: Props) {
  const { data, error, refetch } = useReport({ by: 'day', from, to, publisher });
  const filters = { publisher, from, to };
  const owed = usePayoutCalls({ ...filters, payout_status: 'owed' });
  const held = usePayoutCalls({ ...filters, payout_status: 'held' });
  useEffect(() => {
    loadAll.current = async () => {
      for (const list of [owed, held]) {
        for (let page = list; page.hasNextPage; )
          page = await page.fetchNextPage().then((next) => ({ ...page, ...next }));
      }
    };
    return () => {
      loadAll.current = undefined;
    };
  });
  if (data === undefined)
    return error ? <ErrorState error={error} reset={() => void refetch()} /> : <TableSkeleton />;
  const { totals } = data;

  return (
    <div className="space-y-5">
      <dl className="grid gap-3 sm:grid-cols-3">
        <Figure label="Owed" amount={totals.payout_owed} isMain />
        <Figure label="Held, not owed" amount={totals.payout_held} />
        <Figure label="Pending (live calls)" amount={totals.payout_pending} />
      </dl>
      <CallList
        title="Owed"
        filters={{ ...filters, payout_status: 'owed' }}
        calls={owed}
        sum={totals.payout_owed}
      />
      <CallList
        title="Held"
        filters={{ ...filters, payout_status: 'held' }}
        calls={held}
        sum={totals.payout_held}
      />
    </div>
  );
}

function Figure({ label, amount, isMain = false }: { label: string; amount: string; isMain?: boolean }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-4 py-3">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className={`mt-0.5 tabular-nums ${isMain ? 'font-semibold text-2xl' : 'text-xl'}`}>
        <Money amount={amount} />
      </dd>
    </div>
  );
}

type CallListProps = {
  title: 'Owed' | 'Held';
  filters: CallFilters;
  calls: ReturnType<typeof usePayoutCalls>;
  sum: string;
};

function CallList({ title, filters, calls, sum }: CallListProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = calls;
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card
      title={`${title} calls`}
      {...(rows.length > 0 && {
        actions: (
          <a
            href={callsCsvUrl(filters, csvColumns, true)}
            download
            className={`${buttonStyle('secondary', 'small')} print:hidden`}
          >
            <Download aria-hidden className="size-4" />
            CSV of {title.toLowerCase()} calls
          </a>
        ),
      })}
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} reset={() => void refetch()} />
        ) : (
          <TableSkeleton />
        )
      ) : rows.length === 0 ? (
        <p className="text-muted text-sm">No call of this period.</p>
      ) : (
        <DataTable
          label={`${title} calls`}
          rows={rows}
          columns={title === 'Held' ? heldColumns : owedColumns}
          rowId={({ call_log_id: id }) => id}
          hasMore={hasNextPage}
          isLoadingMore={isFetchingNextPage}
          onMore={() => void fetchNextPage()}
          footer={{ started: 'Sum of all', amount: <Money amount={sum} /> }}
        />
      )}
    </Card>
  );
}

const owedColumns: Column<CallJson>[] = [
  {
    id: 'call',
    header: 'Call',
    cell: ({ call_log_id: callLogId }) => (
      <Link to="/calls/$callLogId" params={{ callLogId }} className="text-accent hover:underline">
        <bdi>{callLogId}</bdi>
      </Link>
    ),
  },
  { id: 'started', header: 'Started', isOnPhone: true, cell: ({ started_at: at }) => <Time at={at} /> },
  {
    id: 'caller',
    header: 'Caller',
    isOnPhone: true,
    cell: ({ phone_number: number }) => number ?? <span className="text-muted">withheld</span>,
  },
  { id: 'campaign', header: 'Campaign', cell: ({ campaign }) => <bdi>{campaign}</bdi> },
  {
    id: 'amount',
    header: 'Payout',
    isNumber: true,
    isOnPhone: true,
    cell: ({ publisher_paid_out: amount }) => <Money amount={amount} />,
  },
];
const heldColumns: Column<CallJson>[] = [
  ...owedColumns.slice(0, -1),
  {
    id: 'why',
    header: 'Why it is held',
    cell: ({ no_payout_reason: reason }) => <bdi>{reason}</bdi>,
  },
  {
    id: 'amount',
    header: 'Payout',
    isNumber: true,
    isOnPhone: true,
    cell: ({ publisher_paid_out: amount, no_payout_reason: reason }) => (
      <>
        <Money amount={amount} />
        <bdi className="block text-muted text-xs md:hidden print:hidden">{reason}</bdi>
      </>
    ),
  },
];
