import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page-header.tsx';

const pages = [
  { to: '/files/import', name: 'Import' },
  { to: '/files/reconcile', name: 'Reconcile' },
  { to: '/files/payouts', name: 'Payouts' },
] as const;

/** The heading of a page about files, and the way to the others. */
export function FilesHeader({ title, description }: { title: string; description: ReactNode }) {
  return (
    <>
      <PageHeader title={title} description={description} />
      <nav aria-label="Files" className="mb-5 flex gap-1 border-line border-b print:hidden">
        {pages.map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            className="-mb-px border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm hover:text-ink"
            activeProps={{ className: 'border-accent! text-accent!' }}
          >
            {name}
          </Link>
        ))}
      </nav>
    </>
  );
}
