import { Download } from 'lucide-react';
import { use, useState } from 'react';
import { useAction } from '../../components/actions.ts';
import { Button } from '../../components/button.tsx';
import { ColumnChoice } from '../../components/column-choice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { TimeZone } from '../../components/time.tsx';
import { zoneLabel } from '../../components/time-zones.ts';
import { useUrlSearch } from '../../components/url-search.ts';
import { useCallColumns } from './call-columns.tsx';
import { CallFilterBar } from './call-filters.tsx';
import { filtersOf } from './call-search.ts';
import { CallsList } from './calls-list.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { TotalsBar } from './totals-bar.tsx';

export function CallsPage() {
  const columns = useCallColumns();
  const { search } = useUrlSearch();
  const timeZone = use(TimeZone);
  const filters = filtersOf(search, timeZone, Date.now());
  const [isExporting, setExporting] = useState(false);
  useAction('Export calls as CSV', () => setExporting(true));
  return (
    <>
      <PageHeader
        title="Calls"
        description={`New calls appear by themselves. All times are in ${zoneLabel(timeZone, Date.now())}.`}
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
      <TotalsBar filters={filters} />
      <CallsList filters={filters} />
      <ExportDialog filters={filters} isOpen={isExporting} onClose={() => setExporting(false)} />
    </>
  );
}
