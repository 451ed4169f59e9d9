import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../../api/session.ts';
import { usePresets } from '../../../api/webhooks/presets.ts';
import { useChangeWebhook } from '../../../api/webhooks/webhooks.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { SelectField, TextAreaField, TextField } from '../../../components/field.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { useToast } from '../../../components/toast.tsx';
import { MappingFaults } from '../../mapping/mapping-faults.tsx';

const schemes = [
  { value: 'standard_webhooks', label: 'Standard Webhooks' },
  { value: 'twilio', label: 'Twilio, SignalWire' },
  { value: 'telnyx', label: 'Telnyx (public key)' },
  { value: 'plivo_v3', label: 'Plivo' },
  { value: 'vonage_jwt', label: 'Vonage' },
  { value: 'basic', label: 'User name and password (user:password)' },
  { value: 'hmac', label: 'HMAC in a header' },
];

const hmacAtFirst = { header: '', hash: 'sha256', encoding: 'hex', prefix: '', content: '{body}' };

/** How the requests of a platform prove where they come from. Secrets are written, never shown. */
export function WebhookProof({ webhook }: { webhook: WebhookJson }) {
  const preset = usePresets().find(({ name }) => name === webhook.preset);
  const [scheme, setScheme] = useState(() => schemeOf(webhook.verify) ?? '');
  const [hmac, setHmac] = useState(() => ({
    ...hmacAtFirst,
    ...(isObject(webhook.verify) && webhook.verify),
  }));
  const [secrets, setSecrets] = useState('');
  const [isAsking, setAsking] = useState(false);
  const change = useChangeWebhook(webhook.id);
  const toast = useToast();
  const mayChange = useMay('change_webhooks');
  const list = secrets
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const platformScheme = preset === undefined ? null : schemeOf(preset.verify);
  const { signature_required: isChecked } = webhook;
  const save = () => {
    const verify = scheme === '' ? null : scheme === 'hmac' ? { ...hmac, scheme } : scheme;
    change.mutate(
      { verify, ...(list.length > 0 && { secrets: list }) },
      {
        onSuccess: () => {
          setSecrets('');
          toast.done('Saved: requests without a valid signature are rejected');
        },
      },
    );
  };
  const stop = () =>
    change.mutate(
      { verify: null, secrets: null },
      {
        onSuccess: () => {
          setScheme('');
          setAsking(false);
          toast.done('Signatures are not checked any more');
        },
      },
    );
  return (
    <Card title="Signature of the platform">
      <p className="mb-4 flex flex-wrap items-center gap-2 text-sm">
        <StatusBadge status={isChecked ? 'active' : 'unchanged'}>
          {isChecked ? 'checked' : 'not checked'}
        </StatusBadge>
        {isChecked
          ? 'Requests must have a valid signature, in addition to the key.'
          : 'The key alone is checked. Set the secrets of the platform to check its signatures, too.'}
      </p>
      <fieldset disabled={!mayChange} className="min-w-0 space-y-4">
        <SelectField
          label="Scheme"
          value={scheme}
          choices={[
            {
              value: '',
              label: platformScheme === null ? 'Standard Webhooks (default)' : `As ${preset?.title} signs`,
            },
            ...schemes,
          ]}
          onChange={setScheme}
        />
        {scheme === 'hmac' && <HmacFields value={hmac} onChange={setHmac} />}
        <TextAreaField
          label={isChecked ? 'New secrets' : 'Secrets'}
          value={secrets}
          rows={3}
          onChange={setSecrets}
          hint="One a line. Several are valid at once, so that the sender can change over. They replace the earlier ones and are never shown"
        />
      </fieldset>
      {change.error !== null && <MappingFaults error={change.error} title="Nothing was changed" />}
      {mayChange && (
        <div className="mt-4 flex flex-wrap justify-end gap-2">
          {isChecked && <Button onClick={() => setAsking(true)}>Stop checking</Button>}
          <Button
            look="primary"
            onClick={save}
            isBusy={change.isPending}
            disabled={list.length === 0 && !isChecked}
          >
            Check signatures
          </Button>
        </div>
      )}
      <ConfirmDialog
        title="Stop checking signatures?"
        action="Stop checking"
        isOpen={isAsking}
        isBusy={change.isPending}
        error={change.error}
        onConfirm={stop}
        onClose={() => setAsking(false)}
      >
        <p>The secrets are removed. Anyone who knows the URL with its key can then send requests.</p>
      </ConfirmDialog>
    </Card>
  );
}

type Hmac = typeof hmacAtFirst;

function HmacFields({ value, onChange }: { value: Hmac; onChange(value: Hmac): void }) {
  const choices = (names: string[]) => names.map((name) => ({ value: name, label: name }));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="Header"
        value={value.header}
        placeholder="X-Signature"
        onChange={(header) => onChange({ ...value, header })}
      />
      <TextField
        label="Text before the signature"
        value={value.prefix}
        placeholder="none"
        onChange={(prefix) => onChange({ ...value, prefix })}
      />
      <SelectField
        label="Hash"
        value={value.hash}
        choices={choices(['sha256', 'sha1', 'sha512'])}
        onChange={(hash) => onChange({ ...value, hash })}
      />
      <SelectField
        label="Encoding"
        value={value.encoding}
        choices={choices(['hex', 'base64', 'base64url'])}
        onChange={(encoding) => onChange({ ...value, encoding })}
      />
      <TextField
        label="What is signed"
        value={value.content}
        isMono
        onChange={(content) => onChange({ ...value, content })}
        hint="{body}, or such as {timestamp}.{body}"
      />
    </div>
  );
}

function schemeOf(verify: unknown): string | null {
  if (typeof verify === 'string') return verify;
  return isObject(verify) && typeof verify['scheme'] === 'string' ? verify['scheme'] : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
