import { Hourglass } from 'lucide-react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { useTimeline } from '../../../api/calls/calls.ts';
import { Time } from '../../../components/time.tsx';
import { UpdateList } from './update-list.tsx';

/** What waits for the call to complete, in the order in which it will be applied. */
export function QueuedUpdates({ call }: { call: CallJson }) {
  const { rows } = useTimeline(call.call_log_id, 'oldest');
  const waiting = rows?.filter(({ status }) => status === 'queued') ?? [];
  const unseen = call.queued_updates - waiting.length;
  return (
    <section
      aria-labelledby="queued-heading"
      className="rounded-lg border border-queued/40 bg-queued-soft/50 p-4"
    >
      <h2 id="queued-heading" className="flex items-center gap-2 font-semibold">
        <Hourglass aria-hidden className="size-4 text-queued" />
        {call.queued_updates} queued {call.queued_updates === 1 ? 'update' : 'updates'}
      </h2>
      <p className="mt-0.5 text-muted text-sm">Applied in this order when the call completes.</p>
      <ol aria-label="Queued updates" className="mt-3 space-y-2">
        {waiting.map(({ at, by, kind, update = {}, postback_id: id }) => (
          <li key={id ?? at} className="rounded-md border border-line bg-surface p-3">
            <p className="mb-2 flex flex-wrap justify-between gap-x-3 text-muted text-xs">
              <span>
                {kind === 'postback' ? 'through' : 'by'} <bdi className="font-medium text-ink">{by}</bdi>
              </span>
              <Time at={at} />
            </p>
            <UpdateList update={update} />
          </li>
        ))}
      </ol>
      {rows !== undefined && unseen > 0 && (
        <p className="mt-2 text-muted text-sm">{unseen} more are further down the timeline.</p>
      )}
    </section>
  );
}
