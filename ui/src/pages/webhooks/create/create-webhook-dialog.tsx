import { useState } from 'react';
import type { PresetJson } from '../../../api/webhooks/presets.ts';
import { type CreatedWebhook, useCreateWebhook } from '../../../api/webhooks/webhooks.ts';
import { Dialog, FormActions } from '../../../components/dialogs/dialog.tsx';
import { TextAreaField, TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { RadioCards } from '../../../components/forms/radio-cards.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { noLimits, readAccessLimits } from '../settings/access-limits.tsx';
import { MatchFields, matchDefaults, readMatchSettings } from '../settings/match-fields.tsx';
import type { WebhookType } from '../webhook-words.ts';
import { typeNames, typeWords, webhookTypes } from '../webhook-words.ts';
import { LimitsAtCreation } from './limits-at-creation.tsx';
import { NewKey } from './new-key.tsx';
import { PlatformField } from './platform-field.tsx';

export type CreateWebhookDialogProps = { isOpen: boolean; onClose(): void };

/** First what it is to be; then, this once, its key. */
export function CreateWebhookDialog({ isOpen, onClose }: CreateWebhookDialogProps) {
  const [created, setCreated] = useState<CreatedWebhook | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return (
    <Dialog
      title={created === null ? 'Create an incoming webhook' : `${created.name} is ready`}
      description={
        created === null
          ? 'One for each sender, so that each can be paused, checked and given a new key separately.'
          : 'Hand the endpoint URL to the sender.'
      }
      isOpen={isOpen}
      isSticky={created !== null}
      isWide
      onClose={close}
    >
      {created === null ? (
        <CreateForm onCreated={setCreated} onCancel={close} />
      ) : (
        <NewKey webhook={created} onDone={close} />
      )}
    </Dialog>
  );
}

type CreateFormProps = { onCreated(webhook: CreatedWebhook): void; onCancel(): void };

const typeChoices = webhookTypes.map((type) => ({
  value: type,
  name: typeNames[type],
  description: typeWords[type],
}));

function CreateForm({ onCreated, onCancel }: CreateFormProps) {
  const [preset, setPreset] = useState<PresetJson | null>(null);
  const [name, setName] = useState('');
  const [type, setType] = useState<WebhookType>('update_fields');
  const [match, setMatch] = useState(matchDefaults);
  const [limits, setLimits] = useState(noLimits);
  const [isLimiting, setLimiting] = useState(false);
  const [secrets, setSecrets] = useState('');
  const [requiresSignature, setRequiresSignature] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const create = useCreateWebhook();
  const settings = readMatchSettings(match);
  const nameError = name.trim() === '' ? 'Name the sender, such as “Acme CRM”.' : undefined;
  const { settings: access, errors } = readAccessLimits(limits);
  const choosePlatform = (chosen: PresetJson | null) => {
    setPreset(chosen);
    if (name === '' || name === preset?.title) setName(chosen?.title ?? '');
    if (chosen !== null) changeType(chosen.type);
  };
  const changeType = (chosen: WebhookType) => {
    setType(chosen);
    setLimits({ ...limits, fields: null }); // another type has other fields
  };
  const submit = () => {
    const areLimitsWrong = Object.keys(errors).length > 0;
    setChecked(true);
    if (areLimitsWrong) setLimiting(true);
    if (nameError !== undefined || (hasMatch(type) && settings.error !== undefined) || areLimitsWrong) return;
    const proof =
      preset === null
        ? { signature_required: requiresSignature }
        : { preset: preset.name, ...secretsOf(secrets) };
    const match = hasMatch(type) ? settings : {};
    create.mutate({ name: name.trim(), type, ...match, ...access, ...proof }, { onSuccess: onCreated });
  };
  return (
    <Form
      error={create.error}
      className="space-y-5"
      onSubmit={() => {
        submit();
      }}
    >
      <PlatformField value={preset} onChange={choosePlatform} />
      <TextField
        label="Name"
        field="name"
        value={name}
        onChange={setName}
        maxLength={200}
        required
        autoComplete="off"
        placeholder="Acme CRM"
        error={isChecked ? nameError : undefined}
      />
      {preset === null ? (
        <RadioCards<WebhookType>
          label="Type"
          name="type"
          value={type}
          choices={typeChoices}
          onChange={changeType}
        />
      ) : (
        <p className="text-sm">
          <span className="font-medium">Type: {typeNames[type]}.</span>{' '}
          <span className="text-muted">{typeWords[type]}</span>
        </p>
      )}
      {preset !== null && preset.verify !== null && (
        <TextAreaField
          label="Secrets"
          field="secrets"
          value={secrets}
          rows={2}
          onChange={setSecrets}
          hint={`What ${preset.title} signs its requests with, one a line. It is not shown again. Empty: only the key is checked; you can add it later`}
        />
      )}
      {hasMatch(type) && (
        <MatchFields value={match} error={isChecked ? settings.error : undefined} onChange={setMatch} />
      )}
      <LimitsAtCreation
        type={type}
        value={limits}
        errors={errors}
        onChange={setLimits}
        isOpen={isLimiting}
        onToggle={setLimiting}
        requiresSignature={requiresSignature}
        onRequireSignature={preset === null ? setRequiresSignature : null}
      />
      <FailureNote error={create.error} />
      <FormActions onCancel={onCancel} isBusy={create.isPending}>
        Create webhook
      </FormActions>
    </Form>
  );
}

/** Calls are created, and data about callers waits for its call: neither looks for one in a window. */
function hasMatch(type: WebhookType): boolean {
  return type !== 'calls' && type !== 'call_data';
}

function secretsOf(text: string): { secrets?: string[] } {
  const secrets = text
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return secrets.length === 0 ? {} : { secrets };
}
