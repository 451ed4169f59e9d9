import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../../api/session.ts';
import { usePresets } from '../../../api/webhooks/presets.ts';
import { Card } from '../../../components/card.tsx';
import { SelectField } from '../../../components/field.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { PlatformSignature } from './platform-signature.tsx';
import { StandardSignature } from './standard-signature.tsx';

/** What a webhook is checked by that names nothing else, and whose platform does not either. */
const standard = 'standard_webhooks';
const schemes = [
  { value: standard, label: 'Standard Webhooks' },
  { value: 'twilio', label: 'Twilio, SignalWire' },
  { value: 'telnyx', label: 'Telnyx (public key)' },
  { value: 'plivo_v3', label: 'Plivo' },
  { value: 'vonage_jwt', label: 'Vonage' },
  { value: 'basic', label: 'User name and password (user:password)' },
  { value: 'hmac', label: 'HMAC in a header' },
];

/** How requests prove where they come from, in addition to the key: whether, by which scheme, and with which secrets. */
export function WebhookSignature({ webhook }: { webhook: WebhookJson }) {
  const preset = usePresets().find(({ name }) => name === webhook.preset);
  const platform = preset === undefined ? null : schemeOf(preset.verify);
  const usual = platform ?? standard;
  const named = schemeOf(webhook.verify);
  const stored = named === usual && usual !== 'hmac' ? '' : (named ?? ''); // a platform's HMAC is not any
  const [chosen, setChosen] = useState<string | null>(null);
  const scheme = chosen ?? stored;
  const mayChange = useMay('change_webhooks');
  const { signature_required: isChecked } = webhook;
  const isStandard = (scheme || usual) === standard && (webhook.preset === null || preset !== undefined);
  return (
    <Card title="Signature">
      <p className="mb-4 flex flex-wrap items-center gap-2 text-sm">
        <StatusBadge status={isChecked ? 'active' : 'unchanged'}>
          {isChecked ? 'checked' : 'not checked'}
        </StatusBadge>
        {isChecked
          ? 'Requests must have a valid signature, in addition to the key.'
          : 'The key alone is checked. With signatures, nobody can send requests with a key that they found.'}
      </p>
      <fieldset disabled={!mayChange} className="mb-4 min-w-0">
        <SelectField
          label="Scheme"
          value={scheme}
          choices={[
            { value: '', label: platform === null ? 'Standard Webhooks' : `As ${preset?.title} signs` },
            ...schemes.filter(({ value }) => value !== usual || value === 'hmac'),
          ]}
          onChange={setChosen}
        />
      </fieldset>
      {/* One that is checked by another scheme needs the secrets of this one at once. */}
      {isStandard && (!isChecked || scheme === stored) ? (
        <StandardSignature webhook={webhook} verify={scheme || null} />
      ) : (
        <PlatformSignature
          key={scheme}
          webhook={webhook}
          scheme={scheme}
          isStored={scheme === stored}
          onDone={() => setChosen(null)}
        />
      )}
    </Card>
  );
}

function schemeOf(verify: unknown): string | null {
  if (typeof verify === 'string') return verify;
  const isNamed = typeof verify === 'object' && verify !== null && 'scheme' in verify;
  return isNamed && typeof verify.scheme === 'string' ? verify.scheme : null;
}
