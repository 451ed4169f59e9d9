import { getRouteApi } from '@tanstack/react-router';
import { lazy } from 'react';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { RequestFailed } from '../../api/request.ts';
import { useMay } from '../../api/session.ts';
import { useKept } from '../../api/webhooks/mapping.ts';
import { useWebhook } from '../../api/webhooks/webhooks.ts';
import { BackLink } from '../../components/back-link.tsx';
import { useUrlSearch } from '../../components/lists/url-search.ts';
import { Tabs } from '../../components/menus/tabs.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState } from '../../components/states/error-state.tsx';
import { NotFound } from '../../components/states/not-found.tsx';
import { PageSkeleton } from '../../components/states/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { WebhookActivity } from './activity/webhook-activity.tsx';
import { WebhookActions } from './webhook-actions.tsx';

/** Tabs that are not open at first are fetched when they are. */
const MappingTab = lazy(async () => ({ default: (await import('../mapping/mapping-tab.tsx')).MappingTab }));
const UrlBuilder = lazy(async () => ({ default: (await import('./requests/url-builder.tsx')).UrlBuilder }));
const WebhookTest = lazy(async () => ({
  default: (await import('./requests/webhook-test.tsx')).WebhookTest,
}));
const SettingsTab = lazy(async () => ({
  default: (await import('./settings/settings-tab.tsx')).SettingsTab,
}));

const route = getRouteApi('/shell/webhooks/incoming/$id');

/** One incoming webhook: what it does, and all that can be done with it. */
export function WebhookPage() {
  const { id } = route.useParams();
  const { data: webhook, error, refetch } = useWebhook(id);
  if (error instanceof RequestFailed && error.status === 404) return <NotFound />;
  if (webhook === undefined) {
    return error === null ? <PageSkeleton /> : <ErrorState error={error} reset={() => void refetch()} />;
  }
  return <LoadedWebhook webhook={webhook} />;
}

/** How many requests wait for a mapping that can read them, behind the name of the tab. */
function useKeptCount(webhookId: string): string {
  const { data } = useKept(webhookId);
  const count = data?.items.length ?? 0;
  return count === 0 ? '' : ` (${count}${data?.next_cursor ? '+' : ''})`;
}

function LoadedWebhook({ webhook }: { webhook: WebhookJson }) {
  const { search, set } = useUrlSearch();
  const maySend = useMay('send_postbacks');
  const keptCount = useKeptCount(webhook.id);
  const tabs = [
    { id: 'activity', name: 'Activity', content: <WebhookActivity webhook={webhook} /> },
    { id: 'mapping', name: `Mapping${keptCount}`, content: <MappingTab webhook={webhook} /> },
    { id: 'builder', name: 'URL builder', content: <UrlBuilder webhook={webhook} /> },
    ...(maySend ? [{ id: 'test', name: 'Test', content: <WebhookTest webhook={webhook} /> }] : []),
    {
      id: 'settings',
      name: 'Settings',
      content: <SettingsTab webhook={webhook} />,
    },
  ];
  return (
    <>
      <PageHeader
        title={webhook.name}
        above={<BackLink to="/webhooks/incoming">Incoming webhooks</BackLink>}
        description={
          <span className="flex items-center gap-2">
            <StatusBadge status={webhook.paused ? 'paused' : 'active'} />
            <code className="font-mono text-xs">{webhook.type}</code>
          </span>
        }
        actions={<WebhookActions webhook={webhook} />}
      />
      <Tabs
        label="Webhook"
        open={tabs.find(({ id }) => id === search['tab'])?.id ?? 'activity'}
        onOpen={(tab) => set({ tab: tab === 'activity' ? undefined : tab })}
        tabs={tabs}
      />
    </>
  );
}
