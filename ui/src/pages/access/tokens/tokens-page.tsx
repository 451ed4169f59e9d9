import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { TokenJson } from '../../../../../src/http/operator/access/token-schemas.ts';
import { useRevokeToken, useTokens } from '../../../api/access/tokens.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { useAction } from '../../../components/menus/actions.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { Time } from '../../../components/time.tsx';
import { useToast } from '../../../components/toast.tsx';
import { OnlyFor } from '../only-for.tsx';
import { CreateTokenDialog } from './create-token-dialog.tsx';

export function TokensPage() {
  return (
    <OnlyFor permission="manage_tokens" title="Tokens">
      <Tokens />
    </OnlyFor>
  );
}

function Tokens() {
  const [isCreating, setCreating] = useState(false);
  useAction('Create a token', () => setCreating(true));
  const [leaving, setLeaving] = useState<TokenJson | null>(null);
  return (
    <>
      <PageHeader
        title="Tokens"
        description="Tokens give people and programs access: people sign in with one, programs send one with each request."
        actions={
          <Button look="primary" icon={Plus} onClick={() => setCreating(true)}>
            Create a token
          </Button>
        }
      />
      <TokenList onRevoke={setLeaving} />
      <CreateTokenDialog isOpen={isCreating} onClose={() => setCreating(false)} />
      {leaving !== null && <RevokeDialog token={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function TokenList({ onRevoke }: { onRevoke(token: TokenJson): void }) {
  const { rows, error, reset, more } = useTokens();
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={KeyRound} title="No tokens yet">
        Create one for each person and each program.
      </EmptyState>
    );
  }
  return (
    <DataTable label="Tokens" rows={rows} columns={columnsWith(onRevoke)} rowId={({ id }) => id} {...more} />
  );
}

function columnsWith(onRevoke: (token: TokenJson) => void): Column<TokenJson>[] {
  return [
    { id: 'name', header: 'Name', isOnPhone: true, cell: ({ name }) => <bdi>{name}</bdi> },
    { id: 'role', header: 'Role', isOnPhone: true, cell: ({ role }) => role },
    {
      id: 'expires',
      header: 'Expires',
      cell: ({ expires_at: at }) =>
        at === null ? <span className="text-muted">never</span> : <Expiry at={at} />,
    },
    { id: 'used', header: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} isRelative /> },
    { id: 'created', header: 'Created', cell: ({ created_at }) => <Time at={created_at} isRelative /> },
    {
      id: 'revoke',
      header: <span className="sr-only">End it</span>,
      isOnPhone: true,
      isNumber: true,
      cell: (token) =>
        token.from_settings ? (
          <span className="text-muted text-xs">of the settings</span>
        ) : (
          <Button size="row" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
            Revoke
          </Button>
        ),
    },
  ];
}

function Expiry({ at }: { at: string }) {
  const isOver = Date.parse(at) <= Date.now();
  return (
    <span className={isOver ? 'text-danger' : ''}>
      {isOver && 'expired '}
      <Time at={at} />
    </span>
  );
}

function RevokeDialog({ token, onClose }: { token: TokenJson; onClose(): void }) {
  const revoke = useRevokeToken();
  const toast = useToast();
  return (
    <ConfirmDialog
      title="Revoke this token?"
      action="Revoke"
      typed={token.name}
      isOpen
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() =>
        revoke.mutate(token.id, {
          onSuccess: () => {
            toast.done('Token revoked');
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      <p>
        Programs and browsers that use it lose access at once. This cannot be undone. Timelines and the audit
        log keep what it did.
      </p>
    </ConfirmDialog>
  );
}
