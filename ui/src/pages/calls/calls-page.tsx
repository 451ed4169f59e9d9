import { Download } from 'lucide-react';
import { useState } from 'react';
import { type CallFilters, callFilterNames } from '../../api/calls.ts';
import { Button } from '../../components/button.tsx';
import { ColumnChoice } from '../../components/column-choice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useUrlSearch } from '../../components/url-search.ts';
import { useCallColumns } from './call-columns.tsx';
import { CallFilterBar } from './call-filters.tsx';
import { CallsList } from './calls-list.tsx';
import { ExportDialog } from './export-dialog.tsx';

export function CallsPage() {
  const columns = useCallColumns();
  const { search } = useUrlSearch();
  const filters: CallFilters = Object.fromEntries(callFilterNames.map((name) => [name, search[name]]));
  const [isExporting, setExporting] = useState(false);
  return (
    <>
      <PageHeader
        title="Calls"
        description="Latest first. New calls appear by themselves."
        actions={
          <>
            <ColumnChoice tableId="calls" columns={columns} />
            <Button icon={Download} onClick={() => setExporting(true)}>
              Export CSV
            </Button>
          </>
        }
      />
      <CallFilterBar />
      <CallsList filters={filters} />
      <ExportDialog filters={filters} isOpen={isExporting} onClose={() => setExporting(false)} />
    </>
  );
}
