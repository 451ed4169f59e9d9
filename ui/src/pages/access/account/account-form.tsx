import { useState } from 'react';
import type { SessionJson } from '../../../../../src/http/operator/access/session-schemas.ts';
import { useChangeAccount } from '../../../api/access/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { changedOnly } from '../../../components/forms/changed-only.ts';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { AccountFields, isComplete } from './account-fields.tsx';

/** Changes the account that one is signed in to. */
export function AccountForm({ account }: Pick<SessionJson, 'account'>) {
  const { name, time_zone, default_country } = account;
  const [draft, setDraft] = useState({ name, time_zone, default_country });
  const settings = { ...draft, name: draft.name.trim() };
  const [saved, setSaved] = useState(settings);
  const [isChecked, setChecked] = useState(false);
  const change = useChangeAccount();
  const toast = useToast();
  return (
    <Form
      error={change.error}
      className="space-y-4"
      onSubmit={() => {
        setChecked(true);
        if (!isComplete(draft)) return;
        change.mutate(changedOnly(settings, saved), {
          onSuccess: () => {
            setSaved(settings);
            toast.done('Saved: it counts from now on');
          },
        });
      }}
    >
      <AccountFields value={draft} isChecked={isChecked} onChange={setDraft} />
      <FailureNote error={change.error} />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isBusy={change.isPending}>
          Save
        </Button>
      </div>
    </Form>
  );
}
