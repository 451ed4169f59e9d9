import type { ReactNode } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { Money } from '../../../components/values/money.tsx';
import { CallDuration } from '../list/call-columns.tsx';

/** What one looks for first: the money, and how long it took. */
export function CallFigures({ call }: { call: CallJson }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure
        name="Revenue"
        note={
          call.buyer === null ? (
            'from no buyer yet'
          ) : (
            <>
              from <bdi>{call.buyer}</bdi>
            </>
          )
        }
      >
        <Money amount={call.revenue_paid_out} />
      </Figure>
      <Figure
        name="Payout"
        note={
          call.publisher === null ? (
            'to no publisher yet'
          ) : (
            <>
              to <bdi>{call.publisher}</bdi>
            </>
          )
        }
        badge={call.payout_status === 'none' ? null : <StatusBadge status={call.payout_status} />}
      >
        <Money amount={call.publisher_paid_out} />
      </Figure>
      <Figure name="Converted" note={<Time at={call.call_converted_at} />}>
        {call.converted ? 'Yes' : 'No'}
      </Figure>
      <Figure name="Duration" note={<Time at={call.started_at} />}>
        <CallDuration call={call} />
      </Figure>
    </dl>
  );
}

type FigureProps = { name: string; note: ReactNode; badge?: ReactNode; children: ReactNode };

function Figure({ name, note, badge, children }: FigureProps) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="flex items-center justify-between gap-2 text-muted text-sm">
        {name}
        {badge}
      </dt>
      <dd className="mt-0.5">
        <span className="block font-semibold text-xl tabular-nums">{children}</span>
        <span className="line-clamp-2 break-words text-muted text-xs">{note}</span>
      </dd>
    </div>
  );
}
