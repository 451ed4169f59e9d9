import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { type RotatedWebhook, useRotateKey } from '../../../api/webhooks/webhooks.ts';
import { Dialog, FormActions } from '../../../components/dialogs/dialog.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { Time } from '../../../components/time.tsx';
import { NewKey } from '../create/new-key.tsx';
import { GraceHoursField, graceHoursDefault, readGraceHours } from './grace-hours.tsx';

export type RotateKeyDialogProps = { webhook: WebhookJson; isOpen: boolean; onClose(): void };

/** A new key; the old one works on for a while, so that the sender can change over. */
export function RotateKeyDialog({ webhook, isOpen, onClose }: RotateKeyDialogProps) {
  const [rotated, setRotated] = useState<RotatedWebhook | null>(null);
  const close = () => {
    setRotated(null);
    onClose();
  };
  return (
    <Dialog
      title={rotated === null ? 'Rotate the key' : 'The new key'}
      description={
        rotated === null ? (
          'Makes a new key. The old one keeps working for the hours that you give the sender to change over.'
        ) : (
          <>
            Keys from before end at <Time at={rotated.old_keys_expire_at} />.
          </>
        )
      }
      isOpen={isOpen}
      isSticky={rotated !== null}
      isWide={rotated !== null}
      onClose={close}
    >
      {rotated === null ? (
        <RotateForm id={webhook.id} onRotated={setRotated} onCancel={close} />
      ) : (
        <NewKey webhook={rotated} onDone={close} />
      )}
    </Dialog>
  );
}

type RotateFormProps = { id: string; onRotated(webhook: RotatedWebhook): void; onCancel(): void };

function RotateForm({ id, onRotated, onCancel }: RotateFormProps) {
  const [hours, setHours] = useState(graceHoursDefault);
  const rotate = useRotateKey(id);
  const graceHours = readGraceHours(hours);
  return (
    <Form
      error={rotate.error}
      onSubmit={() => {
        if (graceHours !== null) rotate.mutate(graceHours, { onSuccess: onRotated });
      }}
    >
      <GraceHoursField what="key" value={hours} onChange={setHours} />
      <FailureNote error={rotate.error} />
      <FormActions onCancel={onCancel} isBusy={rotate.isPending}>
        Make a new key
      </FormActions>
    </Form>
  );
}
