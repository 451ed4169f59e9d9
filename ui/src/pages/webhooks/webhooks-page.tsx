import { Link } from '@tanstack/react-router';
import { Plus, Webhook } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { WebhookActivityJson } from '../../../../src/http/operator/webhooks/activity/webhook-activity-schemas.ts';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../api/session.ts';
import { useWebhookActivity, useWebhooks } from '../../api/webhooks/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { outcomeSeries } from '../../components/charts/outcome-series.ts';
import { SparkBars } from '../../components/charts/spark-bars.tsx';
import { ColumnChoice } from '../../components/lists/column-choice.tsx';
import { type Column, DataTable, rowLinkStyle } from '../../components/lists/data-table.tsx';
import { ListPending } from '../../components/lists/list-pending.tsx';
import { useAction } from '../../components/menus/actions.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';
import { Skeleton } from '../../components/states/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';

const CreateWebhookDialog = lazy(async () => ({
  default: (await import('./create/create-webhook-dialog.tsx')).CreateWebhookDialog,
}));

type Activity = WebhookActivityJson['items'][number];
type Row = WebhookJson & { activity: Activity | undefined };

const columns: Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    isFixed: true,
    isOnPhone: true,
    cell: ({ id, name }) => (
      <Link to="/webhooks/incoming/$id" params={{ id }} className={rowLinkStyle}>
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  { id: 'type', header: 'Type', cell: ({ type }) => <code className="font-mono text-xs">{type}</code> },
  {
    id: 'state',
    header: 'State',
    isOnPhone: true,
    cell: ({ paused }) => <StatusBadge status={paused ? 'paused' : 'active'} />,
  },
  {
    id: 'last',
    header: 'Last postback',
    isOnPhone: true,
    cell: ({ activity }) => <Time at={activity?.last_postback_at ?? null} isRelative />,
  },
  {
    id: 'day',
    header: 'Answers of the last 24 hours',
    cell: ({ activity }) => <Day counts={activity?.counts} />,
  },
  {
    id: 'created',
    header: 'Created',
    isHiddenAtFirst: true,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
];

/** What postbacks of the last 24 hours were answered, in bars and in numbers: one that is applied later stays queued. */
function Day({ counts }: { counts: Activity['counts'] | undefined }) {
  if (counts === undefined) return <Skeleton className="h-6 w-32" />;
  const totals = outcomeSeries
    .map(({ id, name }) => ({
      id,
      name: name.toLowerCase(),
      total: counts.reduce((sum, hour) => sum + (hour?.[id] ?? 0), 0),
    }))
    .filter(({ total }) => total > 0);
  const words = totals.map(({ name, total }) => `${total.toLocaleString('en-US')} ${name}`).join(', ');
  return (
    <span className="flex items-center gap-3">
      <SparkBars label={words === '' ? 'No postbacks' : words} points={counts} series={outcomeSeries} />
      <span className="whitespace-nowrap text-muted text-xs">{words === '' ? 'none' : words}</span>
    </span>
  );
}

export function WebhooksPage() {
  const [isCreating, setCreating] = useState(false);
  const mayCreate = useMay('change_webhooks');
  useAction('Create an incoming webhook', () => setCreating(true), mayCreate);
  const createButton = mayCreate && (
    <Button look="primary" icon={Plus} onClick={() => setCreating(true)}>
      Create
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Incoming webhooks"
        description="One for each sender, with its own type, key and settings."
        actions={
          <>
            <ColumnChoice tableId="webhooks" columns={columns} />
            {createButton}
          </>
        }
      />
      <WebhookList />
      {isCreating && (
        <Suspense>
          <CreateWebhookDialog isOpen onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  );
}

function WebhookList() {
  const activity = useWebhookActivity(24);
  const mayCreate = useMay('change_webhooks');
  const { rows: webhooks, error, reset, more } = useWebhooks();
  if (webhooks === undefined) return <ListPending error={error} reset={reset} />;
  const byId = new Map(activity.data?.items.map((item) => [item.webhook_id, item]));
  const rows = webhooks.map((webhook) => ({ ...webhook, activity: byId.get(webhook.id) }));
  if (rows.length === 0) {
    return (
      <EmptyState icon={Webhook} title="No webhooks yet">
        {mayCreate
          ? 'Press “Create” and name a sender. You get a'
          : 'Operators and owners create them, each with a'}{' '}
        URL with a key in it, which is all that a sender needs to update your calls.
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
      {...more}
    />
  );
}
