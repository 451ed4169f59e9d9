import { useState } from 'react';
import { type NewAccount, useCreateAccount } from '../../api/access/accounts.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { Form } from '../../components/forms/form.tsx';
import { ownTimeZone } from '../../components/forms/time-zones.ts';
import { AccountFields, isComplete } from './account-fields.tsx';
import { NewToken } from './new-token.tsx';

/** Asks whose it is to be; then shows the token of its owner, this once. */
export function CreateAccountDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const create = useCreateAccount();
  const made = create.data;
  const close = () => {
    create.reset();
    onClose();
  };
  return (
    <Dialog
      title={made === undefined ? 'Create an account' : `${made.name}: copy its owner’s token now`}
      description={
        made === undefined
          ? 'A tenant of its own, with its own calls, webhooks and tokens.'
          : 'It is shown only once. It allows everything in that account.'
      }
      isOpen={isOpen}
      isSticky={made !== undefined}
      onClose={close}
    >
      {made === undefined ? (
        <AccountForm
          isBusy={create.isPending}
          error={create.error}
          onCreate={create.mutate}
          onCancel={close}
        />
      ) : (
        <NewToken token={made.token} onDone={close} />
      )}
    </Dialog>
  );
}

type AccountFormProps = {
  isBusy: boolean;
  error: Error | null;
  onCreate(account: NewAccount): void;
  onCancel(): void;
};

function AccountForm({ isBusy, error, onCreate, onCancel }: AccountFormProps) {
  const [draft, setDraft] = useState({ name: '', time_zone: ownTimeZone(), default_country: 'US' });
  const [isChecked, setChecked] = useState(false);
  return (
    <Form
      error={error}
      className="space-y-4"
      onSubmit={() => {
        setChecked(true);
        if (isComplete(draft)) onCreate({ ...draft, name: draft.name.trim() });
      }}
    >
      <AccountFields value={draft} isChecked={isChecked} onChange={setDraft} />
      <FailureNote error={error} />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={isBusy}>
          Create
        </Button>
      </DialogActions>
    </Form>
  );
}
