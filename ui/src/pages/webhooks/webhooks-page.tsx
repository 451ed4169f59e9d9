import { Webhook } from 'lucide-react';
import type { WebhookJson } from '../../../../src/http/api-types/webhooks.ts';
import { useWebhooks } from '../../api/webhooks.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { TableSkeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';

const columns: Column<WebhookJson>[] = [
  { id: 'name', header: 'Name', isFixed: true, isOnPhone: true, cell: ({ name }) => <bdi>{name}</bdi> },
  { id: 'type', header: 'Type', cell: ({ type }) => <code className="font-mono text-xs">{type}</code> },
  {
    id: 'state',
    header: 'State',
    isOnPhone: true,
    cell: ({ paused }) => <StatusBadge status={paused ? 'paused' : 'active'} />,
  },
  { id: 'created', header: 'Created', cell: ({ created_at }) => <Time at={created_at} isRelative /> },
];

export function WebhooksPage() {
  return (
    <>
      <PageHeader title="Incoming webhooks" description="A door for each sender, with a key of its own." />
      <WebhookList />
    </>
  );
}

function WebhookList() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useWebhooks();
  if (error) return <ErrorState error={error} reset={() => void refetch()} />;
  if (data === undefined) return <TableSkeleton />;
  const rows = data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon={Webhook} title="No webhooks yet">
        Create one for each sender. Its address and key are all that a sender needs.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Incoming webhooks"
      id="webhooks"
      rows={rows}
      columns={columns}
      rowId={({ id }) => id}
      hasMore={hasNextPage}
      isLoadingMore={isFetchingNextPage}
      onMore={() => void fetchNextPage()}
    />
  );
}
