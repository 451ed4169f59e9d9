import { ChartNoAxesCombined } from 'lucide-react';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';

export function OverviewPage() {
  return (
    <>
      <PageHeader title="Overview" />
      <EmptyState icon={ChartNoAxesCombined} title="Nothing to see yet">
        Read the documentation for what the API says of it.
      </EmptyState>
    </>
  );
}
