import { useNavigate } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type CreatedOutgoing, useCreateOutgoing, useOutgoingPresets } from '../../api/webhooks/outgoing.ts';
import { BackLink } from '../../components/back-link.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CopyField } from '../../components/copy.tsx';
import { Dialog, DialogActions, DoneAction } from '../../components/dialogs/dialog.tsx';
import { SelectField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { LookOnly } from '../access/look-only.tsx';
import { LivePreview } from './form/live-preview.tsx';
import { emptyDraft, settingsOf, withPreset } from './form/outgoing-draft.ts';
import { OutgoingForm } from './form/outgoing-form.tsx';

/** A new outgoing webhook: its settings, and beside them what it would send. */
export function NewOutgoingPage() {
  const mayCreate = useMay('change_webhooks');
  return (
    <>
      <PageHeader
        title="New outgoing webhook"
        above={<BackLink to="/webhooks/outgoing">Outgoing webhooks</BackLink>}
        description="Choose the receiver, the events and the form of the request. The preview shows the request as you write it."
      />
      {mayCreate ? <Create /> : <LookOnly act="create webhooks" />}
    </>
  );
}

function Create() {
  const [draft, setDraft] = useState(emptyDraft);
  const [created, setCreated] = useState<CreatedOutgoing | null>(null);
  const create = useCreateOutgoing();
  const navigate = useNavigate();
  const { data: presets } = useOutgoingPresets();
  const settings = settingsOf(draft);
  const isUrlGiven = draft.url.trim() !== '';
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <Card title="Settings">
        <Form
          error={create.error}
          className="space-y-5"
          onSubmit={() => {
            create.mutate({ name: draft.name.trim(), ...settings }, { onSuccess: setCreated });
          }}
        >
          <div>
            <SelectField
              label="Receiver"
              value={draft.preset?.name ?? ''}
              choices={[
                { value: '', label: 'Custom' },
                ...(presets?.items ?? []).map(({ name, label }) => ({ value: name, label })),
              ]}
              onChange={(name) =>
                setDraft(withPreset(draft, presets?.items.find((preset) => preset.name === name) ?? null))
              }
            />
            {draft.preset !== null && (
              <p className="mt-1 text-muted text-xs">
                {draft.preset.about}{' '}
                <a href={draft.preset.docs} rel="noreferrer" className="text-accent underline">
                  Its documentation
                </a>
              </p>
            )}
          </div>
          <OutgoingForm draft={draft} onChange={(changes) => setDraft({ ...draft, ...changes })} />
          <FailureNote error={create.error} />
          <DialogActions>
            <Button type="submit" look="primary" isBusy={create.isPending}>
              Create webhook
            </Button>
          </DialogActions>
        </Form>
      </Card>
      <div className="min-w-0 lg:sticky lg:top-4">
        {isUrlGiven ? (
          <LivePreview id={null} settings={settings} />
        ) : (
          <Card title="Preview">
            <p className="text-muted text-sm">Choose a receiver or write a URL to see what would be sent.</p>
          </Card>
        )}
      </div>
      {created !== null && (
        <NewSecret
          title={`${created.name} is ready`}
          secret={created.secret}
          onDone={() => void navigate({ to: '/webhooks/outgoing/$id', params: { id: created.id } })}
        />
      )}
    </div>
  );
}

export type NewSecretProps = { title: string; secret: string; onDone(): void };

/** A secret that was just made: it is shown this once. */
export function NewSecret({ title, secret, onDone }: NewSecretProps) {
  return (
    <Dialog title={title} isOpen isSticky onClose={onDone}>
      <div className="space-y-4">
        <p className="flex gap-2.5 rounded-md bg-held-soft px-3 py-2.5 text-held text-sm">
          <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            <strong className="font-semibold">The secret will not be shown again.</strong> The receiver
            verifies the signature of each request with it (Standard Webhooks).
          </span>
        </p>
        <CopyField label="Signing secret" text={secret} />
      </div>
      <DoneAction onDone={onDone} />
    </Dialog>
  );
}
