import { useState } from 'react';
import { type InvitedPersonJson, type PersonJson, useInvitePerson } from '../../api/access/people.ts';
import { Button } from '../../components/button.tsx';
import { CopyField } from '../../components/copy.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Time } from '../../components/time.tsx';
import { RoleField } from './role-field.tsx';

/** Asks whom to invite; then shows the link, this once. */
export function InvitePersonDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const invite = useInvitePerson();
  const invited = invite.data;
  const close = () => {
    invite.reset();
    onClose();
  };
  return (
    <Dialog
      title={invited === undefined ? 'Invite a person' : linkTitle(invited)}
      isOpen={isOpen}
      isSticky={invited !== undefined}
      onClose={close}
    >
      {invited === undefined ? (
        <InviteForm
          isBusy={invite.isPending}
          error={invite.error}
          onInvite={invite.mutate}
          onCancel={close}
        />
      ) : (
        <InvitationLink invited={invited} onDone={close} />
      )}
    </Dialog>
  );
}

export function linkTitle({ is_mailed: isMailed }: InvitedPersonJson): string {
  return isMailed ? 'Invitation sent' : 'Send this link';
}

/** A link that was just made, in a dialog. */
export function InvitationLink({ invited, onDone }: { invited: InvitedPersonJson; onDone(): void }) {
  return (
    <>
      <CopyField label="Invitation link" text={invited.invitation_url} />
      <p className="mt-3 text-muted text-sm">
        {invited.is_mailed ? (
          <>
            It was sent to <bdi>{invited.email}</bdi> by e-mail.
          </>
        ) : (
          <>
            No e-mail was sent: send it to <bdi>{invited.email}</bdi> yourself.
          </>
        )}{' '}
        It sets the password once, until <Time at={invited.invitation_expires_at} />, and is not shown again.
      </p>
      <DialogActions>
        <Button look="primary" onClick={onDone}>
          Done
        </Button>
      </DialogActions>
    </>
  );
}

type InviteFormProps = {
  isBusy: boolean;
  error: Error | null;
  onInvite(person: { email: string; name: string; role: PersonJson['role'] }): void;
  onCancel(): void;
};

function InviteForm({ isBusy, error, onInvite, onCancel }: InviteFormProps) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<PersonJson['role']>('analyst');
  const [isTried, setTried] = useState(false);
  const isComplete = email.includes('@') && name.trim() !== '';
  return (
    <Form
      error={error}
      className="space-y-4"
      onSubmit={() => {
        setTried(true);
        if (isComplete) onInvite({ email: email.trim(), name: name.trim(), role });
      }}
    >
      <TextField
        label="E-mail address"
        type="email"
        value={email}
        onChange={setEmail}
        maxLength={200}
        autoComplete="off"
        field="email"
        error={isTried && !email.includes('@') ? 'Enter an address, such as ana@acme.example.' : undefined}
      />
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        maxLength={200}
        autoComplete="off"
        hint="Shown in timelines and in the audit log"
        field="name"
        error={isTried && name.trim() === '' ? 'Enter a name.' : undefined}
      />
      <RoleField value={role} onChange={setRole} />
      <FailureNote error={error} />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={isBusy}>
          Invite
        </Button>
      </DialogActions>
    </Form>
  );
}
