import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { type Permission, useMay, useSession } from '../../api/session.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';

type OnlyForProps = { permission: Permission; title: string; children: ReactNode };

/** A page for those who may see it. Others get a note, and no request that the server would reject is sent. */
export function OnlyFor({ permission, title, children }: OnlyForProps) {
  const { role } = useSession();
  if (useMay(permission)) return children;
  return (
    <>
      <PageHeader title={title} />
      <EmptyState icon={Lock} title="Not for your role">
        You are signed in as {role}, and this is for owners. Ask one of them to change your role.
      </EmptyState>
    </>
  );
}
