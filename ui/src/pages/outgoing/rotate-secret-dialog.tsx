import { useState } from 'react';
import {
  type OutgoingJson,
  type RotatedOutgoing,
  useRotateOutgoingSecret,
} from '../../api/webhooks/outgoing.ts';
import { Dialog, FormActions } from '../../components/dialogs/dialog.tsx';
import { Form } from '../../components/forms/form.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { GraceHoursField, graceHoursDefault, readGraceHours } from '../webhooks/settings/grace-hours.tsx';
import { NewSecret } from './new-outgoing-page.tsx';

/** A new signing secret; requests are signed by both until the old one ends. */
export function RotateSecretDialog({ webhook, onClose }: { webhook: OutgoingJson; onClose(): void }) {
  const [hours, setHours] = useState(graceHoursDefault);
  const [rotated, setRotated] = useState<RotatedOutgoing | null>(null);
  const rotate = useRotateOutgoingSecret(webhook.id);
  const graceHours = readGraceHours(hours);
  if (rotated !== null) return <NewSecret title="The new secret" secret={rotated.secret} onDone={onClose} />;
  return (
    <Dialog
      title="Rotate the secret"
      description="Creates a new secret. Requests have signatures of both until the old one expires."
      isOpen
      onClose={onClose}
    >
      <Form
        error={rotate.error}
        onSubmit={() => {
          if (graceHours !== null) rotate.mutate(graceHours, { onSuccess: setRotated });
        }}
      >
        <GraceHoursField what="secret" value={hours} onChange={setHours} />
        <FailureNote error={rotate.error} />
        <FormActions onCancel={onClose} isBusy={rotate.isPending}>
          Make a new secret
        </FormActions>
      </Form>
    </Dialog>
  );
}
