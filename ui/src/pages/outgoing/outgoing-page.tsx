import { getRouteApi } from '@tanstack/react-router';
import { lazy } from 'react';
import { RequestFailed } from '../../api/request.ts';
import { type OutgoingJson, useOutgoingWebhook } from '../../api/webhooks/outgoing.ts';
import { BackLink } from '../../components/back-link.tsx';
import { useUrlSearch } from '../../components/lists/url-search.ts';
import { Tabs } from '../../components/menus/tabs.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState } from '../../components/states/error-state.tsx';
import { NotFound } from '../../components/states/not-found.tsx';
import { PageSkeleton } from '../../components/states/skeleton.tsx';
import { Deliveries } from './deliveries/deliveries.tsx';
import { Health, pendingWords } from './health.tsx';
import { OutgoingActions } from './outgoing-actions.tsx';

const OutgoingSettings = lazy(async () => ({
  default: (await import('./outgoing-settings.tsx')).OutgoingSettings,
}));
const TestDelivery = lazy(async () => ({
  default: (await import('./deliveries/test-delivery.tsx')).TestDelivery,
}));

const route = getRouteApi('/shell/webhooks/outgoing/$id');

/** One outgoing webhook: its deliveries, a test, its settings. */
export function OutgoingPage() {
  const { id } = route.useParams();
  const { data: webhook, error, refetch } = useOutgoingWebhook(id);
  if (error instanceof RequestFailed && error.status === 404) return <NotFound />;
  if (webhook === undefined) {
    return error === null ? <PageSkeleton /> : <ErrorState error={error} reset={() => void refetch()} />;
  }
  return <LoadedWebhook key={id} webhook={webhook} />;
}

function LoadedWebhook({ webhook }: { webhook: OutgoingJson }) {
  const { search, set } = useUrlSearch();
  const tabs = [
    { id: 'deliveries', name: 'Deliveries', content: <Deliveries webhook={webhook} /> },
    { id: 'test', name: 'Preview and test', content: <TestDelivery webhook={webhook} /> },
    {
      id: 'settings',
      name: 'Settings',
      content: <OutgoingSettings key={webhook.id} webhook={webhook} />,
    },
  ];
  return (
    <>
      <PageHeader
        title={webhook.name}
        above={<BackLink to="/webhooks/outgoing">Outgoing webhooks</BackLink>}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Health webhook={webhook} />
            {(webhook.pending ?? 0) > 0 && <span>{pendingWords(webhook)} pending</span>}
          </span>
        }
        actions={<OutgoingActions webhook={webhook} />}
      />
      <Tabs
        label="Outgoing webhook"
        open={tabs.find(({ id }) => id === search['tab'])?.id ?? 'deliveries'}
        onOpen={(tab) => set({ tab: tab === 'deliveries' ? undefined : tab })}
        tabs={tabs}
      />
    </>
  );
}
