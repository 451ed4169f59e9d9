import { Download } from 'lucide-react';
import { lazy, Suspense, use, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { zoneLabel } from '../../../components/forms/time-zones.ts';
import { ColumnChoice } from '../../../components/lists/column-choice.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { useAction } from '../../../components/menus/actions.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { TimeZone } from '../../../components/time.tsx';
import { useCallColumns } from './call-columns.tsx';
import { CallFilterBar } from './call-filters.tsx';
import { filtersOf } from './call-search.ts';
import { CallsList } from './calls-list.tsx';
import { TotalsBar } from './totals-bar.tsx';

const ExportDialog = lazy(async () => ({ default: (await import('./export-dialog.tsx')).ExportDialog }));

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
      {isExporting && (
        <Suspense>
          <ExportDialog filters={filters} isOpen onClose={() => setExporting(false)} />
        </Suspense>
      )}
    </>
  );
}
