import { useState } from 'react';
import { type CreatedWebhook, useCreateWebhook } from '../../api/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { RadioCards } from '../../components/radio-cards.tsx';
import { noLimits, readAccessLimits } from './access-limits.tsx';
import { LimitsAtCreation } from './limits-at-creation.tsx';
import { MatchFields, matchDefaults, readMatchSettings } from './match-fields.tsx';
import { NewKey } from './new-key.tsx';
import { typeWords, type WebhookType, webhookTypes } from './webhook-words.ts';

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
          ? 'One for each sender, so that each can be paused, checked and given a new key by itself.'
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

const typeChoices = webhookTypes.map((type) => ({ value: type, name: type, description: typeWords[type] }));

function CreateForm({ onCreated, onCancel }: CreateFormProps) {
  const [name, setName] = useState('');
  const [type, setType] = useState<WebhookType>('update_fields');
  const [match, setMatch] = useState(matchDefaults);
  const [limits, setLimits] = useState(noLimits);
  const [isLimiting, setLimiting] = useState(false);
  const [requiresSignature, setRequiresSignature] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const create = useCreateWebhook();
  const settings = readMatchSettings(match);
  const nameError = name.trim() === '' ? 'Name the sender, such as “Acme CRM”.' : undefined;
  const { settings: access, errors } = readAccessLimits(limits);
  const submit = () => {
    const areLimitsWrong = Object.keys(errors).length > 0;
    setChecked(true);
    if (areLimitsWrong) setLimiting(true);
    if (nameError !== undefined || settings.error !== undefined || areLimitsWrong) return;
    const body = { name: name.trim(), type, ...settings, ...access, signature_required: requiresSignature };
    create.mutate(body, { onSuccess: onCreated });
  };
  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        maxLength={200}
        required
        autoComplete="off"
        placeholder="Acme CRM"
        error={isChecked ? nameError : undefined}
      />
      <RadioCards<WebhookType>
        label="Type"
        name="type"
        value={type}
        choices={typeChoices}
        onChange={(chosen) => {
          setType(chosen);
          setLimits({ ...limits, fields: null }); // another type has other fields
        }}
      />
      <MatchFields value={match} error={isChecked ? settings.error : undefined} onChange={setMatch} />
      <LimitsAtCreation
        type={type}
        value={limits}
        errors={errors}
        onChange={setLimits}
        isOpen={isLimiting}
        onToggle={setLimiting}
        requiresSignature={requiresSignature}
        onRequireSignature={setRequiresSignature}
      />
      <FailureNote error={create.error} />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={create.isPending}>
          Create webhook
        </Button>
      </DialogActions>
    </form>
  );
}
