import { useState } from 'react';
import {
  type PersonJson,
  useChangePerson,
  useRemovePerson,
  useRenewInvitation,
} from '../../../api/access/people.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { Dialog, DialogActions } from '../../../components/dialogs/dialog.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { InvitationLink, linkTitle } from './invite-person-dialog.tsx';
import { RoleField } from './role-field.tsx';

type PersonDialogProps = { person: PersonJson; onClose(): void };

/** A person's role, a new link for a lost password, and the removal. */
export function PersonDialog({ person, onClose }: PersonDialogProps) {
  const renew = useRenewInvitation();
  const [isRemoving, setRemoving] = useState(false);
  if (isRemoving) return <RemoveDialog person={person} onClose={onClose} />;
  return (
    <Dialog
      title={renew.data === undefined ? person.name : linkTitle(renew.data)}
      isOpen
      isSticky={renew.data !== undefined}
      onClose={onClose}
    >
      {renew.data === undefined ? (
        <>
          <RoleForm person={person} onDone={onClose} />
          <div className="mt-6 flex flex-wrap gap-2 border-line border-t pt-4">
            <Button isBusy={renew.isPending} onClick={() => renew.mutate(person.id)}>
              {person.has_password ? 'Create a link for a new password' : 'Create a new invitation link'}
            </Button>
            <Button onClick={() => setRemoving(true)}>Remove…</Button>
          </div>
          <FailureNote error={renew.error} />
        </>
      ) : (
        <InvitationLink invited={renew.data} onDone={onClose} />
      )}
    </Dialog>
  );
}

function RoleForm({ person, onDone }: { person: PersonJson; onDone(): void }) {
  const [role, setRole] = useState(person.role);
  const change = useChangePerson(person.id);
  const toast = useToast();
  return (
    <Form
      error={change.error}
      onSubmit={() => {
        change.mutate(
          { role },
          {
            onSuccess: () => {
              toast.done('Role changed');
              onDone();
            },
          },
        );
      }}
    >
      <RoleField value={role} onChange={setRole} />
      <FailureNote error={change.error} />
      <DialogActions>
        <Button type="submit" look="primary" isBusy={change.isPending} disabled={role === person.role}>
          Change role
        </Button>
      </DialogActions>
    </Form>
  );
}

function RemoveDialog({ person, onClose }: PersonDialogProps) {
  const remove = useRemovePerson();
  const toast = useToast();
  return (
    <ConfirmDialog
      title={`Remove ${person.name}?`}
      action="Remove"
      isOpen
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(person.id, {
          onSuccess: () => {
            toast.done('Removed and signed out');
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        The person is signed out everywhere at once. What they did stays in timelines and in the audit log.
      </p>
    </ConfirmDialog>
  );
}
