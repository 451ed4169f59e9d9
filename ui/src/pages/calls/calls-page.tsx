import { Phone } from 'lucide-react';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';

export function CallsPage() {
  return (
    <>
      <PageHeader title="Calls" />
      <EmptyState icon={Phone} title="Nothing to see yet">
        Read the documentation for what the API says of it.
      </EmptyState>
    </>
  );
}
