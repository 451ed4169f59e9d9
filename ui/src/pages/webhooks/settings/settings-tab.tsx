import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { WebhookProof } from './webhook-proof.tsx';
import { WebhookSettings } from './webhook-settings.tsx';
import { WebhookSignature } from './webhook-signature.tsx';

/** What can be set on a webhook, and how its requests prove their sender. */
export function SettingsTab({ webhook }: { webhook: WebhookJson }) {
  return (
    <div className="space-y-5">
      <WebhookSettings webhook={webhook} />
      {usesStandardWebhooks(webhook) && <WebhookSignature webhook={webhook} />}
      <WebhookProof webhook={webhook} />
    </div>
  );
}

/** Ringback makes the secret of this scheme; the secrets of all others come from the platform. */
function usesStandardWebhooks({ verify, preset }: WebhookJson): boolean {
  return verify === 'standard_webhooks' || (verify === null && preset === null);
}
