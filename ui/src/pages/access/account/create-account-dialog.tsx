import { useState } from 'react';
import { type NewAccount, useCreateAccount } from '../../../api/access/accounts.ts';
import { FormActions } from '../../../components/dialogs/dialog.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { ownTimeZone } from '../../../components/forms/time-zones.ts';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { CreateDialog, type CreateFormProps } from '../create-dialog.tsx';
import { NewToken } from '../tokens/new-token.tsx';
import { AccountFields, isComplete } from './account-fields.tsx';

/** Asks whose it is to be; then shows the token of its owner, this once. */
export function CreateAccountDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <CreateDialog
      create={useCreateAccount()}
      title="Create an account"
      description="A separate tenant with its own calls, webhooks and tokens."
      Form={AccountForm}
      madeTitle={({ name }) => `${name}: copy its owner’s token now`}
      madeDescription="It is shown only once. It allows everything in that account."
      isOpen={isOpen}
      onClose={onClose}
    >
      {({ token }, close) => <NewToken token={token} onDone={close} />}
    </CreateDialog>
  );
}

function AccountForm({ isBusy, error, onCreate, onCancel }: CreateFormProps<NewAccount>) {
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
      <FormActions onCancel={onCancel} isBusy={isBusy}>
        Create
      </FormActions>
    </Form>
  );
}
