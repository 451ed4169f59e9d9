import { useState } from 'react';
import type { SessionJson } from '../../../../src/http/operator/access/session-schemas.ts';
import { useChangeAccount } from '../../api/access/accounts.ts';
import { errorBeside, fieldErrors } from '../../api/field-errors.ts';
import { Button } from '../../components/button.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { AccountFields, accountFieldNames, isComplete } from './account-fields.tsx';

/** Changes the account that one is signed in to. */
export function AccountForm({ account }: Pick<SessionJson, 'account'>) {
  const { name, time_zone, default_country } = account;
  const [draft, setDraft] = useState({ name, time_zone, default_country });
  const [isChecked, setChecked] = useState(false);
  const change = useChangeAccount();
  const wrong = fieldErrors(change.error);
  const toast = useToast();
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (!isComplete(draft)) return;
        const settings = { ...draft, name: draft.name.trim() };
        change.mutate(settings, { onSuccess: () => toast.done('Saved: it counts from now on') });
      }}
    >
      <AccountFields value={draft} isChecked={isChecked} wrong={wrong} onChange={setDraft} />
      <FailureNote error={errorBeside(change.error, accountFieldNames)} />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isBusy={change.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
