import { type ListedSession, useEndSession, useSessions } from '../../api/access/sessions.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/lists/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState } from '../../components/states/error-state.tsx';
import { TableSkeleton } from '../../components/states/skeleton.tsx';
import { Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { browserWords } from './browser-words.ts';
import { OnlyFor } from './only-for.tsx';

export function SessionsPage() {
  return (
    <OnlyFor permission="manage_tokens" title="Sessions">
      <PageHeader
        title="Sessions"
        description="Browsers that are signed in. A session ends after a day without use."
      />
      <SessionList />
    </OnlyFor>
  );
}

function SessionList() {
  const { data, error, refetch } = useSessions();
  const end = useEndSession();
  const toast = useToast();
  if (error) return <ErrorState error={error} reset={() => void refetch()} />;
  if (data === undefined) return <TableSkeleton />;
  const onEnd = ({ id }: ListedSession) =>
    end.mutate(id, {
      onSuccess: () => toast.done('Signed out'),
      onError: (failure) => toast.failed('Still signed in', failure),
    });
  return (
    <DataTable
      label="Sessions"
      rows={data.items}
      columns={columnsWith(onEnd)}
      rowId={({ id }) => id}
      hasMore={false}
      isLoadingMore={false}
      onMore={() => {}}
    />
  );
}

function columnsWith(onEnd: (session: ListedSession) => void): Column<ListedSession>[] {
  return [
    {
      id: 'who',
      header: 'Who',
      isOnPhone: true,
      cell: ({ person_name: person, token_name: token }) => <bdi>{person ?? `token ${token}`}</bdi>,
    },
    {
      id: 'browser',
      header: 'Browser',
      cell: ({ user_agent: agent }) => (
        <span className="block max-w-72 truncate" title={agent ?? ''}>
          <bdi>{agent === null ? '–' : browserWords(agent)}</bdi>
        </span>
      ),
    },
    {
      id: 'source',
      header: 'From',
      cell: ({ source_ip: ip }) => <span className="font-mono text-xs">{ip ?? '–'}</span>,
    },
    {
      id: 'used',
      header: 'Last used',
      isOnPhone: true,
      cell: ({ last_used_at: at }) => <Time at={at} isRelative />,
    },
    {
      id: 'end',
      header: <span className="sr-only">End it</span>,
      isOnPhone: true,
      isNumber: true,
      cell: (session) =>
        session.is_current ? (
          <span className="text-muted text-xs">this browser</span>
        ) : (
          <Button
            size="row"
            aria-label={`Sign out ${session.person_name ?? session.token_name}`}
            onClick={() => onEnd(session)}
          >
            Sign out
          </Button>
        ),
    },
  ];
}
