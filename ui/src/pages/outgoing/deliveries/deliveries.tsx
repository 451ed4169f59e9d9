import { Link } from '@tanstack/react-router';
import { RotateCcw, Send } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../../api/session.ts';
import {
  type DeliveryFilters,
  type DeliveryJson,
  deliveryFilterNames,
  useDeliveries,
} from '../../../api/webhooks/deliveries.ts';
import type { OutgoingJson } from '../../../api/webhooks/outgoing.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { Filters, SelectFilter, TextFilter } from '../../../components/lists/filters.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { eventChoices, eventName } from '../event-words.ts';
import { deliveryStatuses } from './delivery-words.ts';
import { ReplayRangeDialog } from './replay-range-dialog.tsx';

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
  { id: 'result', header: 'Last attempt', cell: (delivery) => <LastAttempt delivery={delivery} /> },
];

function LastAttempt({ delivery: { attempts, status, next_attempt_at: next } }: { delivery: DeliveryJson }) {
  const last = attempts.at(-1);
  return (
    <span className="block max-w-72 text-xs">
      {last !== undefined && (
        <span className="block truncate" title={last.error ?? undefined}>
          {last.error ?? `HTTP ${last.status} after ${last.ms.toLocaleString('en-US')} ms`}
        </span>
      )}
      {status === 'pending' && next !== null && (
        <span className="text-muted">
          next <Time at={next} />
        </span>
      )}
    </span>
  );
}

/** What was sent to one webhook, newest first. */
export function Deliveries({ webhook }: { webhook: OutgoingJson }) {
  const [isReplaying, setReplaying] = useState(false);
  const mayReplay = useMay('send_postbacks');
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-3">
        <Filters
          names={deliveryFilterNames}
          first={{
            name: 'status',
            filter: <SelectFilter name="status" label="Status" choices={deliveryStatuses} />,
          }}
        >
          <SelectFilter name="event" label="Event" choices={eventChoices} />
          <TextFilter name="call_log_id" label="Call id" />
          <TextFilter name="from" label="From" type="date" />
          <TextFilter name="to" label="To" type="date" />
        </Filters>
        {mayReplay && (
          <div className="mb-4">
            <Button icon={RotateCcw} onClick={() => setReplaying(true)}>
              Replay a period
            </Button>
          </div>
        )}
      </div>
      <DeliveryList webhookId={webhook.id} />
      {isReplaying && <ReplayRangeDialog webhookId={webhook.id} onClose={() => setReplaying(false)} />}
    </>
  );
}

function DeliveryList({ webhookId }: { webhookId: string }) {
  const { search } = useUrlSearch();
  const filters: DeliveryFilters = Object.fromEntries(
    deliveryFilterNames.map((name) => [name, search[name]]),
  );
  const { rows, error, reset, more } = useDeliveries(webhookId, filters);
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={Send} title="No deliveries">
        {deliveryFilterNames.some((name) => search[name] !== undefined)
          ? 'No delivery is like this. Clear the filters to see all of them.'
          : 'Events that happen from now on appear here. Send a test to see whether the receiver takes them.'}
      </EmptyState>
    );
  }
  return <DataTable label="Deliveries" rows={rows} columns={columns} rowId={({ id }) => id} {...more} />;
}
