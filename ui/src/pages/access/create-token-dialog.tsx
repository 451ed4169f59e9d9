import { useState } from 'react';
import type { TokenJson } from '../../../../src/http/operator/access/token-schemas.ts';
import { useCreateToken } from '../../api/access/tokens.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { NewToken } from './new-token.tsx';
import { RoleField } from './role-field.tsx';

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
  const create = useCreateToken();
  const made = create.data;
  const close = () => {
    create.reset();
    onClose();
  };
  return (
    <Dialog
      title={made === undefined ? 'Create a token' : 'Copy the token now'}
      description={
        made === undefined
          ? 'Create one for each person and each program, so that you can revoke each separately.'
          : 'It is shown only once. Ringback stores only a hash of it.'
      }
      isOpen={isOpen}
      isSticky={made !== undefined}
      onClose={close}
    >
      {made === undefined ? (
        <TokenForm isBusy={create.isPending} error={create.error} onCreate={create.mutate} onCancel={close} />
      ) : (
        <NewToken token={made.token} onDone={close} />
      )}
    </Dialog>
  );
}

type TokenFormProps = {
  isBusy: boolean;
  error: Error | null;
  onCreate(token: { name: string; role: TokenJson['role']; expires_at: string | null }): void;
  onCancel(): void;
};

function TokenForm({ isBusy, error, onCreate, onCancel }: TokenFormProps) {
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
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={isBusy}>
          Create
        </Button>
      </DialogActions>
    </Form>
  );
}
