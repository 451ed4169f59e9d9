import { ScrollText } from 'lucide-react';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';

export function PostbacksPage() {
  return (
    <>
      <PageHeader title="Postbacks" />
      <EmptyState icon={ScrollText} title="Nothing to see yet">
        Read the documentation for what the API says of it.
      </EmptyState>
    </>
  );
}
