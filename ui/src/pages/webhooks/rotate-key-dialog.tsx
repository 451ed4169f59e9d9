import { useState } from 'react';
import type { WebhookJson } from '../../../../src/http/api-types/webhooks.ts';
import { type RotatedWebhook, useRotateKey } from '../../api/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { Time } from '../../components/time.tsx';
import { NewKey } from './new-key.tsx';

export type RotateKeyDialogProps = { webhook: WebhookJson; isOpen: boolean; onClose(): void };

const graceHoursMax = 8760;

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
        <>
          <NewKey webhook={rotated} />
          <DialogActions>
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}

type RotateFormProps = { id: string; onRotated(webhook: RotatedWebhook): void; onCancel(): void };

function RotateForm({ id, onRotated, onCancel }: RotateFormProps) {
  const [hours, setHours] = useState('24');
  const rotate = useRotateKey(id);
  const number = Number(hours);
  const isValid = hours.trim() !== '' && number >= 0 && number <= graceHoursMax;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) rotate.mutate(number, { onSuccess: onRotated });
      }}
    >
      <TextField
        label="Hours that the old key keeps working"
        inputMode="decimal"
        value={hours}
        onChange={setHours}
        error={isValid ? undefined : `From 0 to ${graceHoursMax}.`}
        hint="0 ends it at once: for a key that leaked."
      />
      <FailureNote error={rotate.error} />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={rotate.isPending}>
          Make a new key
        </Button>
      </DialogActions>
    </form>
  );
}
