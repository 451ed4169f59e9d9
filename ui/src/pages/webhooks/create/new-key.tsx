import { KeyRound } from 'lucide-react';
import { basePath } from '../../../api/base-path.ts';
import { usePresets } from '../../../api/webhooks/presets.ts';
import type { CreatedWebhook } from '../../../api/webhooks/webhooks.ts';
import { CopyField } from '../../../components/copy.tsx';
import { DoneAction } from '../../../components/dialogs/dialog.tsx';
import type { Values } from '../requests/build-request.ts';
import { Snippets } from '../requests/snippets.tsx';
import type { WebhookType } from '../webhook-words.ts';
import { SetupSteps, urlWithMacros } from './setup-steps.tsx';

/** What a first postback of each type may say. */
const examples: Record<WebhookType, Values> = {
  update_fields: [
    ['call_log_id', 'CALL_ID'],
    ['converted', 'true'],
    ['revenue_paid_out', '12.50'],
  ],
  call_data: [
    ['phone_number', '+12135550142'],
    ['zip', '90210'],
  ],
  update_revenue: [
    ['call_log_id', 'CALL_ID'],
    ['revenue', '12.50'],
  ],
  update_tags: [
    ['call_log_id', 'CALL_ID'],
    ['add', 'deal:won'],
  ],
  calls: [
    ['call_log_id', 'CALL_ID'],
    ['phone_number', 'CALLER_NUMBER'],
    ['state', 'completed'],
  ],
};

const replaceId = 'Replace CALL_ID with a call’s id, or send phone_number in its place.';

/** What is to be put into the examples. */
const replacements: Record<WebhookType, string> = {
  update_fields: replaceId,
  update_revenue: replaceId,
  update_tags: replaceId,
  calls: 'Replace CALL_ID with the id of the call, and CALLER_NUMBER with the number of the caller.',
  call_data: 'Send the number of the caller, and what is known: each other parameter becomes a tag.',
};

/** A key that was just made, in a dialog. It is shown this once: the server keeps a hash of it. */
export function NewKey({ webhook, onDone }: { webhook: CreatedWebhook; onDone(): void }) {
  const preset = usePresets().find(({ name }) => name === webhook.preset);
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
      {preset !== undefined && (
        <div>
          <h3 className="mb-2 font-medium text-sm">At {preset.title}</h3>
          <SetupSteps preset={preset} url={webhook.url} fullUrl={urlWithMacros(webhook.url, preset)} />
        </div>
      )}
      {preset === undefined && (
        <div>
          <h3 className="mb-2 font-medium text-sm">Try it, or paste it into the sender’s settings</h3>
          <Snippets
            type={webhook.type}
            address={webhook.url.split('?')[0] ?? webhook.url}
            authKey={webhook.auth_key}
            values={examples[webhook.type]}
          />
          <p className="mt-2 text-muted text-xs">
            {replacements[webhook.type]} All fields:{' '}
            <a href={`${basePath}/docs`} className="text-accent underline">
              documentation
            </a>
            .
          </p>
        </div>
      )}
      <DoneAction onDone={onDone} />
    </div>
  );
}
