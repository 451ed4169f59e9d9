import { Download } from 'lucide-react';
import { useState } from 'react';
import { type CallFilters, callsCsvUrl, useExportSelected } from '../../../api/calls/calls.ts';
import { Button, buttonStyle } from '../../../components/button.tsx';
import { Dialog, DialogActions } from '../../../components/dialogs/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { useHiddenColumns } from '../../../components/lists/hidden-columns.ts';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { countOf } from '../../../components/values/count-of.ts';
import { useCallColumns } from './call-columns.tsx';

type ExportDialogProps = {
  filters: CallFilters;
  /** these calls only */
  ids?: readonly string[];
  isOpen: boolean;
  onClose(): void;
};

/** The list as it is filtered, as a file. */
export function ExportDialog({ filters, ids, isOpen, onClose }: ExportDialogProps) {
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const which = isFiltered ? 'All calls that match the filters' : 'All calls';
  return (
    <Dialog
      title={ids === undefined ? 'Export calls as CSV' : `Export ${countOf(ids.length, 'call')} as CSV`}
      description={`${ids === undefined ? which : 'The selected calls'}, latest first. Times are those of the page, with the offset of the time zone.`}
      isOpen={isOpen}
      onClose={onClose}
    >
      <ExportForm filters={filters} ids={ids} onClose={onClose} />
    </Dialog>
  );
}

type ExportFormProps = { filters: CallFilters; ids: readonly string[] | undefined; onClose(): void };

function ExportForm({ filters, ids, onClose }: ExportFormProps) {
  const exporting = useExportSelected();
  const callColumns = useCallColumns();
  const { visibility } = useHiddenColumns('calls', callColumns);
  const [isAll, setAll] = useState(true);
  const [tagKeys, setTagKeys] = useState('');
  const [hasBom, setBom] = useState(false);
  const shown = callColumns.filter(({ id }) => visibility[id]).flatMap(columnsInFile);

  const tags = tagKeys
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  const columns = [
    ...(isAll ? ['*'] : new Set(['call_log_id', ...shown])),
    ...tags.map((key) => `tags.${key}`),
  ];
  return (
    <>
      <fieldset>
        <legend className="mb-1 font-medium text-sm">Columns</legend>
        <label className="flex items-center gap-2 py-0.5 text-sm">
          <input type="radio" name="columns" checked={isAll} onChange={() => setAll(true)} />
          All fields of a call
        </label>
        <label className="flex items-center gap-2 py-0.5 text-sm">
          <input type="radio" name="columns" checked={!isAll} onChange={() => setAll(false)} />
          Those that the table shows
        </label>
      </fieldset>
      <div className="mt-4">
        <TextField
          label="Tags with a separate column"
          placeholder="deal, agent"
          hint="Keys with commas between them. One more column has all tags as JSON."
          value={tagKeys}
          onChange={setTagKeys}
        />
      </div>
      <label className="mt-4 flex items-center gap-2 text-sm">
        <input type="checkbox" checked={hasBom} onChange={(event) => setBom(event.target.checked)} />
        For Excel: mark the file as UTF-8
      </label>
      <FailureNote error={exporting.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {ids === undefined ? (
          <a
            href={callsCsvUrl(filters, columns, hasBom)}
            download
            className={buttonStyle('primary')}
            onClick={onClose}
          >
            <Download aria-hidden className="size-4" />
            Download
          </a>
        ) : (
          <Button
            look="primary"
            icon={Download}
            isBusy={exporting.isPending}
            onClick={() => exporting.mutate({ ids, columns, hasBom }, { onSuccess: onClose })}
          >
            Download
          </Button>
        )}
      </DialogActions>
    </>
  );
}

/** The hold reason is shown beside the payout, without a separate column. */
function columnsInFile({ csv }: { csv: string }): string[] {
  return csv === 'publisher_paid_out' ? [csv, 'no_payout_reason'] : [csv];
}
