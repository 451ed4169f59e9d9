import { Link } from '@tanstack/react-router';
import { RotateCcw, Send } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../../api/session.ts';
import { type DeliveryJson, deliveryFilterNames, useDeliveries } from '../../../api/webhooks/deliveries.ts';
import type { OutgoingJson } from '../../../api/webhooks/outgoing.ts';
import { Button } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { FilterBar, isFiltered, useFilters } from '../../../components/lists/filter-bar.tsx';
import { choiceFilter, textFilter } from '../../../components/lists/filter-chips.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { eventChoices, eventName } from '../event-words.ts';
import { deliveryStatuses } from './delivery-words.ts';

const ReplayRangeDialog = lazy(async () => ({
  default: (await import('./replay-range-dialog.tsx')).ReplayRangeDialog,
}));

const columns: Column<DeliveryJson>[] = [
  {
    id: 'time',
    header: 'Event at',
    isOnPhone: true,
    cell: ({ id, created_at: at }) => (
      <Link to="/webhooks/deliveries/$id" params={{ id }} className="font-medium text-accent hover:underline">
        <Time at={at} />
      </Link>
    ),
  },
  { id: 'event', header: 'Event', cell: ({ event }) => <span title={event}>{eventName(event)}</span> },
  {
    id: 'call',
    header: 'Call',
    cell: ({ call_log_id: callLogId }) =>
      callLogId === null ? (
        <span className="text-muted">–</span>
      ) : (
        <Link
          to="/calls/$callLogId"
          params={{ callLogId }}
          title={callLogId}
          className="block max-w-44 truncate text-accent hover:underline"
        >
          <bdi>{callLogId}</bdi>
        </Link>
      ),
  },
  {
    id: 'status',
    header: 'Status',
    isOnPhone: true,
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  { id: 'attempts', header: 'Attempts', isNumber: true, cell: ({ attempts }) => String(attempts.length) },
  { id: 'result', header: 'Last attempt', cell: ({ attempts }) => <LastAttempt attempt={attempts.at(-1)} /> },
  {
    id: 'next',
    header: 'Next attempt',
    cell: ({ status, next_attempt_at: at }) => <Time at={status === 'pending' ? at : null} />,
  },
];

function LastAttempt({ attempt }: { attempt: DeliveryJson['attempts'][number] | undefined }) {
  if (attempt === undefined) return <span className="text-muted">–</span>;
  const { error, status, ms } = attempt;
  const text = error ?? `HTTP ${status} after ${ms.toLocaleString('en-US')} ms`;
  return (
    <span className="block max-w-56 truncate" title={text}>
      {text}
    </span>
  );
}

const filters = [
  choiceFilter('status', 'Status', deliveryStatuses),
  choiceFilter('event', 'Event', eventChoices),
  textFilter('call_log_id', 'Call id'),
];

/** What was sent to one webhook, newest first. */
export function Deliveries({ webhook }: { webhook: OutgoingJson }) {
  const [isReplaying, setReplaying] = useState(false);
  const mayReplay = useMay('send_postbacks');
  return (
    <>
      <FilterBar hasPeriod filters={filters}>
        {mayReplay && (
          <div className="order-last ml-auto">
            <Button size="small" icon={RotateCcw} onClick={() => setReplaying(true)}>
              Replay a period
            </Button>
          </div>
        )}
      </FilterBar>
      <DeliveryList webhookId={webhook.id} />
      {isReplaying && (
        <Suspense>
          <ReplayRangeDialog webhookId={webhook.id} onClose={() => setReplaying(false)} />
        </Suspense>
      )}
    </>
  );
}

function DeliveryList({ webhookId }: { webhookId: string }) {
  const { search } = useUrlSearch();
  const { rows, error, reset, more } = useDeliveries(webhookId, useFilters(deliveryFilterNames));
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={Send} title="No deliveries">
        {isFiltered(search, deliveryFilterNames)
          ? 'No delivery matches. Clear the filters to see all of them.'
          : 'Events that happen from now on appear here. Send a test to see whether the receiver takes them.'}
      </EmptyState>
    );
  }
  return <DataTable label="Deliveries" rows={rows} columns={columns} rowId={({ id }) => id} {...more} />;
}
