import { useState } from 'react';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../api/session.ts';
import { useWebhookLog } from '../../api/webhooks/webhook-log.ts';
import { PageSkeleton } from '../../components/states/skeleton.tsx';
import { recordedRequestOf } from '../postbacks/postback/recorded-request.ts';
import { KeptRequests } from './kept-requests.tsx';
import { MappingEditor } from './mapping-editor.tsx';

const requestsMax = 20;

/** How the requests of a sender are read: the mapping, tried on its last requests, and the requests that wait for it. */
export function MappingTab({ webhook }: { webhook: WebhookJson }) {
  const { rows, error } = useWebhookLog(webhook.id);
  const [chosen, setChosen] = useState<string | null>(null);
  const mayChange = useMay('change_webhooks');
  if (rows === undefined && error === null) return <PageSkeleton />;
  const requests = (rows ?? [])
    .filter(({ request }) => recordedRequestOf(request) !== null)
    .slice(0, requestsMax);
  return (
    <div className="space-y-5">
      <KeptRequests webhookId={webhook.id} onChoose={setChosen} />
      <MappingEditor
        key={webhook.id}
        webhook={webhook}
        requests={requests}
        chosenId={chosen}
        onChoose={setChosen}
        mayChange={mayChange}
      />
    </div>
  );
}
