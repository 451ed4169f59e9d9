import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ListedAccountJson } from '../../../../../src/http/operator/accounts/accounts-schemas.ts';
import { useAccounts } from '../../../api/access/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { Time } from '../../../components/time.tsx';
import { CreateAccountDialog } from './create-account-dialog.tsx';

const columns: Column<ListedAccountJson>[] = [
  { id: 'name', header: 'Name', isOnPhone: true, cell: ({ name }) => <bdi>{name}</bdi> },
  { id: 'zone', header: 'Time zone', isOnPhone: true, cell: ({ time_zone: zone }) => zone },
  { id: 'country', header: 'Country', cell: ({ default_country: country }) => country },
  { id: 'created', header: 'Created', cell: ({ created_at }) => <Time at={created_at} isRelative /> },
  { id: 'id', header: 'Id', cell: ({ id }) => <span className="font-mono text-xs">{id}</span> },
];

/** The tenants of this installation, for the owners of the first one; of their calls it shows nothing. */
export function AccountList() {
  const [isCreating, setCreating] = useState(false);
  const { rows, error, reset, more } = useAccounts();
  return (
    <section aria-labelledby="accounts-heading">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 id="accounts-heading" className="font-semibold">
            Accounts of this installation
          </h2>
          <p className="text-muted text-sm">
            They are isolated from each other. Owners of the first account, yours, create the others.
          </p>
        </div>
        <Button icon={Plus} onClick={() => setCreating(true)}>
          Create an account
        </Button>
      </div>
      {rows === undefined ? (
        <ListPending error={error} reset={reset} />
      ) : (
        <DataTable label="Accounts" rows={rows} columns={columns} rowId={({ id }) => id} {...more} />
      )}
      <CreateAccountDialog isOpen={isCreating} onClose={() => setCreating(false)} />
    </section>
  );
}
