import { useState } from 'react';
import {
  type InvitedPersonJson,
  type NewPerson,
  type PersonJson,
  useInvitePerson,
} from '../../../api/access/people.ts';
import { CopyField } from '../../../components/copy.tsx';
import { DoneAction, FormActions } from '../../../components/dialogs/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { Time } from '../../../components/time.tsx';
import { CreateDialog, type CreateFormProps } from '../create-dialog.tsx';
import { RoleField } from './role-field.tsx';

/** Asks whom to invite; then shows the link, this once. */
export function InvitePersonDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <CreateDialog
      create={useInvitePerson()}
      title="Invite a person"
      Form={InviteForm}
      madeTitle={linkTitle}
      isOpen={isOpen}
      onClose={onClose}
    >
      {(invited, close) => <InvitationLink invited={invited} onDone={close} />}
    </CreateDialog>
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
      <DoneAction onDone={onDone} />
    </>
  );
}

function InviteForm({ isBusy, error, onCreate, onCancel }: CreateFormProps<NewPerson>) {
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
        if (isComplete) onCreate({ email: email.trim(), name: name.trim(), role });
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
      <FormActions onCancel={onCancel} isBusy={isBusy}>
        Invite
      </FormActions>
    </Form>
  );
}
