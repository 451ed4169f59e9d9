import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../../api/session.ts';
import { useChangeWebhook } from '../../../api/webhooks/webhooks.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { SelectField, TextAreaField, TextField } from '../../../components/field.tsx';
import { useToast } from '../../../components/toast.tsx';
import { MappingFaults } from '../../mapping/mapping-faults.tsx';

const hmacAtFirst = { header: '', hash: 'sha256', encoding: 'hex', prefix: '', content: '{body}' };

export type PlatformSignatureProps = {
  webhook: WebhookJson;
  /** its name; empty: that of the preset */
  scheme: string;
  /** the webhook has secrets of this scheme, if it has any */
  isStored: boolean;
  /** signatures are checked by it, or not at all any more */
  onDone(): void;
};

/** A scheme whose secrets come from the sender. Secrets are written, never shown. */
export function PlatformSignature({ webhook, scheme, isStored, onDone }: PlatformSignatureProps) {
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
  const { signature_required: isChecked } = webhook;
  const save = () => {
    const verify = scheme === '' ? null : scheme === 'hmac' ? { ...hmac, scheme } : scheme;
    change.mutate(
      { verify, ...(list.length > 0 && { secrets: list }) },
      {
        onSuccess: () => {
          setSecrets('');
          toast.done('Saved: requests without a valid signature are rejected');
          onDone();
        },
      },
    );
  };
  const stop = () =>
    change.mutate(
      { verify: null, secrets: null },
      {
        onSuccess: () => {
          setAsking(false);
          toast.done('Signatures are not checked any more');
          onDone();
        },
      },
    );
  return (
    <>
      <fieldset disabled={!mayChange} className="min-w-0 space-y-4">
        {scheme === 'hmac' && <HmacFields value={hmac} onChange={setHmac} />}
        <TextAreaField
          label={isChecked ? 'New secrets' : 'Secrets'}
          value={secrets}
          rows={3}
          onChange={setSecrets}
          hint="Those of the sender, one a line. Several are valid at once, so that the sender can change over. They replace the earlier ones and are never shown"
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
            disabled={list.length === 0 && !(isChecked && isStored)}
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
    </>
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
