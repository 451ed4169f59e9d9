import { Link } from '@tanstack/react-router';
import { Plus, Send } from 'lucide-react';
import { useMay } from '../../api/session.ts';
import { type OutgoingJson, useOutgoingWebhooks } from '../../api/webhooks/outgoing.ts';
import { buttonStyle } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/lists/data-table.tsx';
import { ListPending } from '../../components/lists/list-pending.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';
import { eventName } from './event-words.ts';
import { Health, pendingWords } from './health.tsx';

const columns: Column<OutgoingJson>[] = [
  {
    id: 'name',
    header: 'Name',
    isOnPhone: true,
    cell: ({ id, name }) => (
      <Link to="/webhooks/outgoing/$id" params={{ id }} className="font-medium text-accent hover:underline">
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  {
    id: 'events',
    header: 'Events',
    cell: ({ events }) => (
      <span className="text-muted text-xs">{events.map((type) => eventName(type)).join(', ')}</span>
    ),
  },
  {
    id: 'url',
    header: 'Sent to',
    cell: ({ url }) => (
      <bdi className="block max-w-72 truncate font-mono text-xs" title={url}>
        {hostOf(url)}
      </bdi>
    ),
  },
  { id: 'health', header: 'Health', isOnPhone: true, cell: (webhook) => <Health webhook={webhook} /> },
  { id: 'pending', header: 'Pending', isNumber: true, cell: pendingWords },
];

function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? url;
}

export function OutgoingListPage() {
  const mayCreate = useMay('change_webhooks');
  return (
    <>
      <PageHeader
        title="Outgoing webhooks"
        description="They send events of calls to other systems: trackers, CRMs, chat, pagers."
        actions={
          mayCreate && (
            <Link to="/webhooks/outgoing/new" className={buttonStyle('primary')}>
              <Plus aria-hidden className="size-4" />
              Create
            </Link>
          )
        }
      />
      <OutgoingList />
    </>
  );
}

function OutgoingList() {
  const { rows, error, reset, more } = useOutgoingWebhooks();
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={Send} title="No outgoing webhooks yet">
        Create one to send conversions to a tracker, changes to a CRM, or alerts to Slack and Telegram.
      </EmptyState>
    );
  }
  return (
    <DataTable label="Outgoing webhooks" rows={rows} columns={columns} rowId={({ id }) => id} {...more} />
  );
}
