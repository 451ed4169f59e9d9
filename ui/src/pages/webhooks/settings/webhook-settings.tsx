import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay, useSession } from '../../../api/session.ts';
import { useChangeWebhook } from '../../../api/webhooks/webhooks.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { TextField } from '../../../components/field.tsx';
import { changedOnly } from '../../../components/forms/changed-only.ts';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { Time } from '../../../components/time.tsx';
import { useToast } from '../../../components/toast.tsx';
import { LookOnly } from '../../access/look-only.tsx';
import { typePaths, typeWords } from '../webhook-words.ts';
import { AccessLimitFields, accessLimitsOf, readAccessLimits } from './access-limits.tsx';
import { HandlingFields, handlingOf, readHandling } from './handling-fields.tsx';
import { MatchFields, matchSettingsOf, readMatchSettings } from './match-fields.tsx';

/** What can be changed later; the type and the key are what they are. */
export function WebhookSettings({ webhook }: { webhook: WebhookJson }) {
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card title="Settings">
        <SettingsForm webhook={webhook} />
      </Card>
      <Facts webhook={webhook} />
    </div>
  );
}

function SettingsForm({ webhook }: { webhook: WebhookJson }) {
  const [name, setName] = useState(webhook.name);
  const [match, setMatch] = useState(() => matchSettingsOf(webhook));
  const [limits, setLimits] = useState(() => accessLimitsOf(webhook));
  const [handling, setHandling] = useState(() => handlingOf(webhook));
  const toast = useToast();
  const change = useChangeWebhook(webhook.id);
  const mayChange = useMay('change_webhooks');
  const settings = readMatchSettings(match);
  const nameError = name.trim() === '' ? 'Name the sender, such as “Acme CRM”.' : undefined;
  const { settings: access, errors } = readAccessLimits(limits);
  const handled = readHandling(webhook.type, handling);
  const all = { name: name.trim(), ...settings, ...access, ...handled.settings };
  const [saved, setSaved] = useState(all);
  const save = () => {
    const isWrong =
      nameError !== undefined ||
      settings.error !== undefined ||
      handled.error !== undefined ||
      Object.keys(errors).length > 0;
    if (isWrong) return;
    change.mutate(changedOnly(all, saved), {
      onSuccess: () => {
        setSaved(all);
        toast.done('Saved: it applies from the next request');
      },
    });
  };
  return (
    <Form
      error={change.error}
      className="space-y-5"
      onSubmit={() => {
        save();
      }}
    >
      <fieldset disabled={!mayChange} className="space-y-5">
        <TextField
          label="Name"
          field="name"
          value={name}
          onChange={setName}
          maxLength={200}
          error={nameError}
        />
        <MatchFields value={match} error={settings.error} onChange={setMatch} />
        <HandlingFields type={webhook.type} value={handling} error={handled.error} onChange={setHandling} />
        <AccessLimitFields type={webhook.type} value={limits} errors={errors} onChange={setLimits} />
      </fieldset>
      <FailureNote error={change.error} />
      {mayChange ? (
        <div className="flex justify-end">
          <Button type="submit" look="primary" isBusy={change.isPending}>
            Save
          </Button>
        </div>
      ) : (
        <LookOnly act="change these settings" />
      )}
    </Form>
  );
}

function Facts({ webhook }: { webhook: WebhookJson }) {
  const { public_url: publicUrl } = useSession();
  return (
    <Card title="About">
      <dl className="grid gap-x-4 gap-y-3 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
        <dt className="text-muted">Type</dt>
        <dd>
          <code className="font-mono text-xs">{webhook.type}</code>
          <p className="text-muted">{typeWords[webhook.type]}</p>
        </dd>
        <dt className="text-muted">Address</dt>
        <dd className="break-all font-mono text-xs">
          {publicUrl}/{typePaths[webhook.type]}
        </dd>
        <dt className="text-muted">Key</dt>
        <dd>Shown once, when it is created. If it is lost, rotate it.</dd>
        <dt className="text-muted">Signature</dt>
        <dd>{webhook.signature_required ? 'Checked' : 'Not checked'}</dd>
        <dt className="text-muted">May set</dt>
        <dd>
          {webhook.allowed_fields === null ? 'All that its type has' : webhook.allowed_fields.join(', ')}
        </dd>
        <dt className="text-muted">Created</dt>
        <dd>
          <Time at={webhook.created_at} />
        </dd>
        <dt className="text-muted">Changed</dt>
        <dd>
          <Time at={webhook.updated_at} />
        </dd>
        <dt className="text-muted">Id</dt>
        <dd className="break-all font-mono text-xs">{webhook.id}</dd>
      </dl>
    </Card>
  );
}
