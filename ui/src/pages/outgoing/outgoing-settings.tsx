import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type OutgoingJson, useChangeOutgoing } from '../../api/webhooks/outgoing.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DialogActions } from '../../components/dialogs/dialog.tsx';
import { changedOnly } from '../../components/forms/changed-only.ts';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { LookOnly } from '../access/look-only.tsx';
import { LivePreview } from './form/live-preview.tsx';
import { draftOf, settingsOf } from './form/outgoing-draft.ts';
import { OutgoingForm } from './form/outgoing-form.tsx';

/** The settings of a webhook that there is, with what they would send. */
export function OutgoingSettings({ webhook }: { webhook: OutgoingJson }) {
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const change = useChangeOutgoing(webhook.id);
  const toast = useToast();
  const mayChange = useMay('change_webhooks');
  const settings = settingsOf(draft);
  const all = { name: draft.name.trim(), ...settings };
  const [saved, setSaved] = useState(all);
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <Card title="Settings">
        <Form
          error={change.error}
          onSubmit={() => {
            change.mutate(changedOnly(all, saved), {
              onSuccess: () => {
                setSaved(all);
                toast.done('Saved');
              },
            });
          }}
        >
          <fieldset disabled={!mayChange}>
            <OutgoingForm draft={draft} onChange={(changes) => setDraft({ ...draft, ...changes })} />
          </fieldset>
          <FailureNote error={change.error} />
          {mayChange ? (
            <DialogActions>
              <Button type="submit" look="primary" isBusy={change.isPending}>
                Save
              </Button>
            </DialogActions>
          ) : (
            <div className="mt-4">
              <LookOnly act="change these settings" />
            </div>
          )}
        </Form>
      </Card>
      <div className="min-w-0 lg:sticky lg:top-4">
        <LivePreview id={webhook.id} settings={settings} />
      </div>
    </div>
  );
}
