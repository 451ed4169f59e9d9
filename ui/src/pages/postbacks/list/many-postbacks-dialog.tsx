import { useState } from 'react';
import { type ManyAction, type ManyItem, useManyPostbacks } from '../../../api/postbacks/many-postbacks.ts';
import { useFieldLabel } from '../../../components/values/field-name.tsx';
import { ManyRunDialog } from '../../undo/many-run-dialog.tsx';

const words = {
  'attach-matching': {
    title: 'Attach by number',
    description:
      'Each of these postbacks has a number that exactly one call has, and is attached to that call.',
    verb: 'Attach',
    progress: 'Attaching',
    lost: 'Postbacks attached so far stay attached.',
    none: 'No postback has a number that exactly one call has.',
  },
  'replay-rejected': {
    title: 'Replay rejected postbacks',
    description:
      'Each one is read again with the current settings and mapping of its webhook, the oldest first.',
    verb: 'Replay',
    progress: 'Replaying',
    lost: 'Postbacks replayed so far stay replayed.',
    none: 'No rejected postback of this list can be replayed.',
  },
};

type ManyPostbacksProps = { action: ManyAction; filters: Record<string, string>; onClose(): void };

/** Does something to many postbacks: first all of them as a dry run. */
export function ManyPostbacksDialog({ action, filters, onClose }: ManyPostbacksProps) {
  const { title, description, verb, progress, lost, none } = words[action];
  const [fixed] = useState(filters);
  const dry = useManyPostbacks(action, fixed);
  const real = useManyPostbacks(action, fixed);
  const planned = dry.data?.items.length ?? null;
  const isIdle = dry.data?.items.every(({ status }) => status === 'rejected') ?? false;
  return (
    <ManyRunDialog
      title={title}
      description={description}
      dry={dry}
      real={real}
      planned={planned}
      isIdle={isIdle}
      progress={progress}
      lost={lost}
      action={
        planned === null || planned === 0 ? `${verb} all` : `${verb} all ${planned.toLocaleString('en-US')}`
      }
      look="primary"
      isFinished={real.data !== undefined}
      onClose={onClose}
    >
      {(result) => <Results {...result} none={none} />}
    </ManyRunDialog>
  );
}

type ResultsProps = { items: ManyItem[]; skipped: number; isDryRun: boolean; none: string };

function Results({ items, skipped, isDryRun, none }: ResultsProps) {
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
        {none}
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
        {numberOf('waiting') > 0 && (
          <li>
            <strong>{numberOf('waiting')}</strong> {isDryRun ? 'would wait' : 'wait'} for their calls
          </li>
        )}
        {skipped > 0 && (
          <li>
            <strong>{skipped}</strong> cannot be replayed: their webhook or their request is gone
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
