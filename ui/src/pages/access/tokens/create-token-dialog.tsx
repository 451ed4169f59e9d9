import { useState } from 'react';
import type { TokenJson } from '../../../../../src/http/operator/access/token-schemas.ts';
import { type NewToken as NewTokenBody, useCreateToken } from '../../../api/access/tokens.ts';
import { FormActions } from '../../../components/dialogs/dialog.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { CreateDialog, type CreateFormProps } from '../create-dialog.tsx';
import { RoleField } from '../people/role-field.tsx';
import { NewToken } from './new-token.tsx';

const dayMs = 86_400_000;
const expiryChoices = [
  { value: '', label: 'never' },
  { value: '1', label: 'in a day' },
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
];

/** Asks for a name, a role and an end; then shows the token, this once. */
export function CreateTokenDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <CreateDialog
      create={useCreateToken()}
      title="Create a token"
      description="Create one for each person and each program, so that you can revoke each separately."
      Form={TokenForm}
      madeTitle={() => 'Copy the token now'}
      madeDescription="It is shown only once. Ringback stores only a hash of it."
      isOpen={isOpen}
      onClose={onClose}
    >
      {({ token }, close) => <NewToken token={token} onDone={close} />}
    </CreateDialog>
  );
}

function TokenForm({ isBusy, error, onCreate, onCancel }: CreateFormProps<NewTokenBody>) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<TokenJson['role']>('analyst');
  const [days, setDays] = useState('');
  const [isTried, setTried] = useState(false);
  const isNameless = name.trim() === '';
  return (
    <Form
      error={error}
      className="space-y-4"
      onSubmit={() => {
        setTried(true);
        if (isNameless) return;
        const expiresAt = days === '' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString();
        onCreate({ name: name.trim(), role, expires_at: expiresAt });
      }}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        maxLength={200}
        hint="Shown in timelines and in the audit log"
        field="name"
        error={isTried && isNameless ? 'Name who or what it is for, such as “Ana of finance”.' : undefined}
      />
      <RoleField value={role} onChange={setRole} />
      <SelectField label="Expires" value={days} choices={expiryChoices} onChange={setDays} />
      <FailureNote error={error} />
      <FormActions onCancel={onCancel} isBusy={isBusy}>
        Create
      </FormActions>
    </Form>
  );
}
