import { Link } from '@tanstack/react-router';
import { Plus, Users } from 'lucide-react';
import { useState } from 'react';
import { type PersonJson, usePeople } from '../../../api/access/people.ts';
import { Button } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { useAction } from '../../../components/menus/actions.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { Time } from '../../../components/time.tsx';
import { OnlyFor } from '../only-for.tsx';
import { InvitePersonDialog } from './invite-person-dialog.tsx';
import { PersonDialog } from './person-dialog.tsx';

export function PeoplePage() {
  return (
    <OnlyFor permission="manage_tokens" title="People">
      <People />
    </OnlyFor>
  );
}

function People() {
  const [isInviting, setInviting] = useState(false);
  useAction('Invite a person', () => setInviting(true));
  const [managed, setManaged] = useState<PersonJson | null>(null);
  return (
    <>
      <PageHeader
        title="People"
        description="They sign in with their e-mail address. Programs use tokens."
        actions={
          <Button look="primary" icon={Plus} onClick={() => setInviting(true)}>
            Invite a person
          </Button>
        }
      />
      <PeopleList onManage={setManaged} />
      <InvitePersonDialog isOpen={isInviting} onClose={() => setInviting(false)} />
      {managed !== null && <PersonDialog person={managed} onClose={() => setManaged(null)} />}
    </>
  );
}

function PeopleList({ onManage }: { onManage(person: PersonJson): void }) {
  const { rows, error, reset, more } = usePeople();
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={Users} title="No people yet">
        Press “Invite a person” and choose a role. The invitation is a link that sets the person’s password.
      </EmptyState>
    );
  }
  return (
    <DataTable label="People" rows={rows} columns={columnsWith(onManage)} rowId={({ id }) => id} {...more} />
  );
}

function columnsWith(onManage: (person: PersonJson) => void): Column<PersonJson>[] {
  return [
    { id: 'name', header: 'Name', isOnPhone: true, cell: ({ name }) => <bdi>{name}</bdi> },
    { id: 'email', header: 'E-mail address', cell: ({ email }) => <bdi className="break-all">{email}</bdi> },
    { id: 'role', header: 'Role', isOnPhone: true, cell: ({ role }) => role },
    {
      id: 'signed-in',
      header: 'Last signed in',
      cell: ({ last_signed_in_at: at }) =>
        at !== null ? <Time at={at} isRelative /> : <span className="text-muted">invited</span>,
    },
    {
      id: 'acts',
      header: 'What they did',
      cell: ({ id }) => (
        <Link
          to="/access/audit"
          search={{ actor_person_id: id }}
          className="text-accent text-sm hover:underline"
        >
          Audit log
        </Link>
      ),
    },
    {
      id: 'manage',
      header: <span className="sr-only">Manage</span>,
      isOnPhone: true,
      isNumber: true,
      cell: (person) => (
        <Button size="row" aria-label={`Manage ${person.name}`} onClick={() => onManage(person)}>
          Manage
        </Button>
      ),
    },
  ];
}
