import { Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { CallSelection } from '../../../api/calls/call-changes.ts';
import { type CallFilters, useCallTotals } from '../../../api/calls/calls.ts';
import { useMay } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { useAction } from '../../../components/menus/actions.ts';
import { countOf } from '../../../components/values/count-of.ts';

const BulkDialog = lazy(async () => ({ default: (await import('./bulk-dialog.tsx')).BulkDialog }));
const ExportDialog = lazy(async () => ({
  default: (await import('../list/export-dialog.tsx')).ExportDialog,
}));

type BulkBarProps = {
  filters: CallFilters;
  ids: readonly string[];
  /** all calls that match are selected, not only those of `ids` */
  isAll: boolean;
  /** all rows of the page are selected */
  isWholePage: boolean;
  onSelectAll(): void;
  onClear(): void;
};

/** How many calls are selected, and what to do with them. */
export function BulkBar({ filters, ids, isAll, isWholePage, onSelectAll, onClear }: BulkBarProps) {
  const { data } = useCallTotals(filters);
  const [selection, setSelection] = useState<CallSelection | null>(null);
  const [isExporting, setExporting] = useState(false);
  const mayChange = useMay('change_calls');
  const total = data?.totals.calls ?? 0;
  const count = isAll ? total : ids.length;
  const change = () => setSelection(isAll ? { filters } : { ids });
  const changeLabel = `Change ${countOf(count, 'call')}`;
  useAction(changeLabel, change, mayChange);
  useAction(`Export ${countOf(count, 'call')}`, () => setExporting(true));
  useAction('Clear the selection', onClear);
  return (
    <section
      aria-label="Selected calls"
      className="sticky bottom-16 z-2 mt-3 flex flex-wrap items-center gap-3 rounded-lg border border-accent bg-surface px-3 py-2 text-sm shadow-lg md:bottom-3"
    >
      <span role="status" className="font-medium">
        {count.toLocaleString('en-US')} selected
      </span>
      {isWholePage && !isAll && total > ids.length && (
        <Button look="quiet" size="small" onClick={onSelectAll}>
          Select all {total.toLocaleString('en-US')} that match
        </Button>
      )}
      <span className="ml-auto flex gap-2">
        <Button look="quiet" size="small" data-key="Escape" onClick={onClear}>
          Clear selection
        </Button>
        <Button size="small" icon={Download} onClick={() => setExporting(true)}>
          Export
        </Button>
        {mayChange && (
          <Button look="primary" size="small" onClick={change}>
            {changeLabel}
          </Button>
        )}
      </span>
      <Suspense>
        {isExporting && (
          <ExportDialog
            filters={filters}
            {...(!isAll && { ids })}
            isOpen
            onClose={() => setExporting(false)}
          />
        )}
        {selection !== null && (
          <BulkDialog selection={selection} onClose={() => setSelection(null)} onDone={onClear} />
        )}
      </Suspense>
    </section>
  );
}
