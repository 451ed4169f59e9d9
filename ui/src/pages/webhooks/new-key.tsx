import { KeyRound } from 'lucide-react';
import type { CreatedWebhook } from '../../api/webhooks.ts';
import { CopyField } from '../../components/copy.tsx';
import { Snippets } from './snippets.tsx';

/** A key that was just made. It is shown this once: the server keeps a hash of it. */
export function NewKey({ webhook }: { webhook: CreatedWebhook }) {
  return (
    <div className="space-y-5">
      <p className="flex gap-2.5 rounded-md bg-held-soft px-3 py-2.5 text-held text-sm">
        <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="font-semibold">The key will not be shown again.</strong> Copy it now; only a hash
          of it is kept. If it is lost, rotate the key.
        </span>
      </p>
      <CopyField label="Auth key" text={webhook.auth_key} />
      <CopyField label="Endpoint URL" text={webhook.url} />
      {webhook.signing_secret !== undefined && (
        <CopyField label="Signing secret" text={webhook.signing_secret} />
      )}
      <Snippets endpoint={webhook.url} authKey={webhook.auth_key} type={webhook.type} />
    </div>
  );
}
