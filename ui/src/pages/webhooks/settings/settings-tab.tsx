import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { WebhookSettings } from './webhook-settings.tsx';
import { WebhookSignature } from './webhook-signature.tsx';

/** What can be set on a webhook, and how its requests prove their sender. */
export function SettingsTab({ webhook }: { webhook: WebhookJson }) {
  return (
    <div className="space-y-5">
      <WebhookSettings webhook={webhook} />
      <WebhookSignature webhook={webhook} />
    </div>
  );
}
