import { useEffect, useState } from 'react';
import { type Attached, useAttachMatching } from '../../api/attach-matching.ts';
import type { InboxFilters } from '../../api/inbox.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { FailureNote } from '../../components/error-state.tsx';
import { useFieldLabel } from '../../components/field-name.tsx';
import { Progress } from '../../components/progress.tsx';

/** Attaches each postback to the only call of its number: first all of them as a dry run. */
export function BulkAttachDialog({ filters, onClose }: { filters: InboxFilters; onClose(): void }) {
  const [fixed] = useState(filters);
  const dry = useAttachMatching(fixed);
  const real = useAttachMatching(fixed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    dry.mutate(true);
    return dry.stop;
  }, []);
  const total = dry.data?.items.length ?? null;
  const shown = real.data ?? dry.data;
  const error = [real.error, dry.error].find((one) => one !== null && !(one instanceof DOMException)) ?? null;
  return (
    <Dialog
      title="Attach by number"
      description="Each of these postbacks has a number that exactly one call has, and is attached to that call."
      isOpen
      isSticky={real.isPending}
      lost="Postbacks that are attached stay attached."
      onClose={() => {
        real.stop();
        onClose();
      }}
    >
      {real.isPending ? (
        <Progress label="Attaching" done={real.done} total={total} />
      ) : (
        dry.isPending && <Progress label="Checked" done={dry.done} total={null} />
      )}
      {shown !== undefined && !real.isPending && <Results items={shown.items} isDryRun={shown.isDryRun} />}
      <FailureNote error={error} />
      <DialogActions>
        {real.isPending ? (
          <Button onClick={real.stop}>Stop</Button>
        ) : (
          <Button onClick={onClose}>{real.data === undefined ? 'Cancel' : 'Close'}</Button>
        )}
        {real.data === undefined && (
          <Button
            look="primary"
            onClick={() => real.mutate(false)}
            isBusy={real.isPending}
            disabled={total === null || total === 0}
          >
            {total === null || total === 0 ? 'Attach all' : `Attach all ${total.toLocaleString('en-US')}`}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Results({ items, isDryRun }: { items: Attached; isDryRun: boolean }) {
  const labelOf = useFieldLabel();
  const fields = new Map<string, number>();
  for (const { changes } of items)
    for (const name of Object.keys(changes)) fields.set(name, (fields.get(name) ?? 0) + 1);
  const numberOf = (status: string) => items.filter((item) => item.status === status).length;
  const rejected = items.filter(({ status }) => status === 'rejected');
  const would = isDryRun ? 'would be ' : '';
  if (items.length === 0)
    return (
      <p role="status" className="text-sm">
        No postback has a number that exactly one call has.
      </p>
    );
  return (
    <div role="status" className="space-y-2 rounded-md bg-raised p-3 text-sm">
      <ul className="space-y-1">
        <li>
          <strong>{numberOf('applied')}</strong> {would}applied
          {fields.size > 0 &&
            `: ${[...fields].map(([name, number]) => `${labelOf(name)} ${number}`).join(', ')}`}
        </li>
        {numberOf('queued') > 0 && (
          <li>
            <strong>{numberOf('queued')}</strong> {would}queued until their calls complete
          </li>
        )}
        {numberOf('unchanged') > 0 && (
          <li>
            <strong>{numberOf('unchanged')}</strong> {isDryRun ? 'would change' : 'changed'} nothing
          </li>
        )}
        {rejected.length > 0 && (
          <li className="text-danger">
            <strong>{rejected.length}</strong> {would}rejected:{' '}
            {[...new Set(rejected.map(({ code }) => code))].join(', ')}
          </li>
        )}
      </ul>
    </div>
  );
}
