import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../../api/session.ts';
import { useRequireSignature, useRotateSigningSecret } from '../../../api/webhooks/signing-secrets.ts';
import { Button } from '../../../components/button.tsx';
import { CopyField } from '../../../components/copy.tsx';
import { Dialog, DialogActions, FormActions } from '../../../components/dialogs/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { GraceHoursField, graceHoursDefault, readGraceHours } from './grace-hours.tsx';

type StandardSignatureProps = {
  webhook: WebhookJson;
  /** as the API names the scheme; null: it is the usual one of the webhook */
  verify: string | null;
};

/** The Standard Webhooks scheme, whose secret Ringback makes unless the sender has one: on, off, and a new secret. */
export function StandardSignature({ webhook, verify }: StandardSignatureProps) {
  const { id, signature_required: isRequired } = webhook;
  const [secret, setSecret] = useState<string | null>(null);
  const [own, setOwn] = useState('');
  const [isRotating, setRotating] = useState(false);
  const require = useRequireSignature(id);
  const mayChange = useMay('change_webhooks');
  const turn = () =>
    require.mutate(
      isRequired
        ? { signature_required: false }
        : { signature_required: true, verify, ...(own.trim() !== '' && { signing_secret: own.trim() }) },
      {
        onSuccess: ({ signing_secret: made }) => {
          setSecret(made ?? null);
          setOwn('');
        },
      },
    );
  return (
    <>
      <Form error={require.error} onSubmit={turn}>
        <p className="text-muted text-sm">
          GET is not accepted where a signature is required, and everything except the key must be in the
          body.
        </p>
        {!isRequired && mayChange && (
          <div className="mt-4">
            <OwnSecretField value={own} onChange={setOwn} />
          </div>
        )}
        <FailureNote error={require.error} />
        {mayChange && (
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            <Button type="submit" look={isRequired ? 'secondary' : 'primary'} isBusy={require.isPending}>
              {isRequired ? 'Do not require a signature' : 'Require a signature'}
            </Button>
            {isRequired && <Button onClick={() => setRotating(true)}>New signing secret</Button>}
          </div>
        )}
      </Form>
      {isRotating && (
        <RotateSecretDialog
          id={id}
          onRotated={(made) => {
            setRotating(false);
            setSecret(made);
          }}
          onClose={() => setRotating(false)}
        />
      )}
      <Dialog
        title="Copy the signing secret now"
        description="It is shown only once. Give it to the sender."
        isOpen={secret !== null}
        isSticky
        onClose={() => setSecret(null)}
      >
        <CopyField label="Signing secret" text={secret ?? ''} />
        <DialogActions>
          <Button look="primary" onClick={() => setSecret(null)}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}

function OwnSecretField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <TextField
      label="The sender’s own secret"
      field="signing_secret"
      value={value}
      onChange={onChange}
      isMono
      autoComplete="off"
      spellCheck={false}
      placeholder="whsec_…"
      hint="Empty: one is made"
    />
  );
}

type RotateSecretDialogProps = {
  id: string;
  onRotated(secret: string): void;
  onClose(): void;
};

function RotateSecretDialog({ id, onRotated, onClose }: RotateSecretDialogProps) {
  const [hours, setHours] = useState(graceHoursDefault);
  const [own, setOwn] = useState('');
  const rotate = useRotateSigningSecret(id);
  const graceHours = readGraceHours(hours);
  return (
    <Dialog
      title="New signing secret"
      description="The old one stays valid for these hours, so that the sender can change to the new one."
      isOpen
      onClose={onClose}
    >
      <Form
        className="space-y-4"
        error={rotate.error}
        onSubmit={() => {
          if (graceHours === null) return;
          const body = {
            grace_hours: graceHours,
            ...(own.trim() !== '' && { signing_secret: own.trim() }),
          };
          rotate.mutate(body, { onSuccess: ({ signing_secret: made }) => onRotated(made) });
        }}
      >
        <GraceHoursField what="secret" value={hours} onChange={setHours} />
        <OwnSecretField value={own} onChange={setOwn} />
        <FailureNote error={rotate.error} />
        <FormActions onCancel={onClose} isBusy={rotate.isPending}>
          Change the secret
        </FormActions>
      </Form>
    </Dialog>
  );
}
