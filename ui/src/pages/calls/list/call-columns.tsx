import { Link } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useMemo } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type FieldJson, useFields } from '../../../api/fields.ts';
import { type Column, rowLinkStyle } from '../../../components/lists/data-table.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { writeValue } from '../../../components/values/changes.tsx';
import { Duration, RunningClock } from '../../../components/values/duration.tsx';
import { Money } from '../../../components/values/money.tsx';
import { readFieldValue } from '../field-value.ts';
import { TagSummary } from '../tags.tsx';

/** A column, and the one of the file that says the same. */
type CallColumn = Column<CallJson> & { csv: string; header: string };

const ownColumns: CallColumn[] = [
  {
    id: 'time',
    csv: 'started_at',
    header: 'Time',
    sort: 'started_at',
    cell: ({ started_at }) => <Time at={started_at} />,
  },
  {
    id: 'caller',
    csv: 'phone_number',
    header: 'Caller',
    isFixed: true,
    isOnPhone: true,
    cell: (call) => (
      <>
        <Link to="/calls/$callLogId" params={{ callLogId: call.call_log_id }} className={rowLinkStyle}>
          <bdi>{callerOf(call)}</bdi>
        </Link>
        <span className="block text-muted text-xs md:hidden">
          <Time at={call.started_at} />
        </span>
      </>
    ),
  },
  {
    id: 'id',
    csv: 'call_log_id',
    header: 'Call id',
    isHiddenAtFirst: true,
    room: 'name',
    cell: (call) => <Name text={call.call_log_id} />,
  },
  {
    id: 'campaign',
    csv: 'campaign',
    header: 'Campaign',
    room: 'name',
    cell: ({ campaign }) => <Name text={campaign} />,
  },
  {
    id: 'publisher',
    csv: 'publisher',
    header: 'Publisher',
    room: 'name',
    cell: ({ publisher }) => <Name text={publisher} />,
  },
  {
    id: 'buyer',
    csv: 'buyer',
    header: 'Buyer',
    room: 'name',
    cell: ({ buyer }) => <Name text={buyer} />,
  },
  {
    id: 'state',
    csv: 'state',
    header: 'State',
    isOnPhone: true,
    cell: (call) => <CallState call={call} />,
  },
  {
    id: 'duration',
    csv: 'duration_seconds',
    header: 'Duration',
    sort: 'duration_seconds',
    isNumber: true,
    cell: (call) => <CallDuration call={call} />,
  },
  {
    id: 'revenue',
    csv: 'revenue_paid_out',
    header: 'Revenue',
    sort: 'revenue_paid_out',
    isNumber: true,
    isOnPhone: true,
    cell: ({ revenue_paid_out }) => <Money amount={revenue_paid_out} />,
  },
  {
    id: 'payout',
    csv: 'publisher_paid_out',
    header: 'Payout',
    sort: 'publisher_paid_out',
    isNumber: true,
    cell: (call) => <Payout call={call} />,
  },
  {
    id: 'held',
    csv: 'no_payout_reason',
    header: 'No-payout reason',
    isHiddenAtFirst: true,
    room: 'name',
    cell: ({ no_payout_reason }) => <Name text={no_payout_reason} />,
  },
  {
    id: 'converted',
    csv: 'converted',
    header: 'Converted',
    cell: ({ converted }) =>
      converted ? (
        <span className="inline-flex items-center gap-1 align-middle text-applied">
          <Check aria-hidden className="size-4" /> yes
        </span>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  {
    id: 'tags',
    csv: 'tags',
    header: 'Tags',
    isOnWide: true,
    cell: ({ tags }) => <TagSummary tags={tags} />,
  },
  {
    id: 'queued',
    csv: 'queued_updates',
    header: 'Queued',
    isNumber: true,
    isHiddenAtFirst: true,
    cell: ({ queued_updates }) => queued_updates,
  },
  {
    id: 'payout-status',
    csv: 'payout_status',
    header: 'Payout status',
    isHiddenAtFirst: true,
    cell: ({ payout_status }) => payout_status,
  },
];

/** The columns of the table: those with a separate look, then every other field of the server's table, hidden at first. */
export function useCallColumns(): CallColumn[] {
  const fields = useFields();
  return useMemo(() => {
    const own = new Set(ownColumns.map(({ csv }) => csv));
    const rest = fields.filter(({ name }) => !own.has(name) && name !== 'caller_withheld');
    return [...ownColumns, ...rest.map(columnOf)];
  }, [fields]);
}

function columnOf({ name, label, type }: FieldJson): CallColumn {
  return {
    id: name,
    csv: name,
    header: label,
    isHiddenAtFirst: true,
    isNumber: type === 'money' || type === 'seconds',
    ...(!['money', 'seconds', 'time'].includes(type) && { room: 'name' as const }),
    cell: (call) => <FieldCell type={type} value={readFieldValue(call, name)} />,
  };
}

function FieldCell({ type, value }: { type: FieldJson['type']; value: unknown }) {
  const text = value === null ? null : String(value);
  if (type === 'time') return <Time at={text} />;
  if (type === 'money') return <Money amount={text} />;
  if (type === 'seconds') return <Duration seconds={value === null ? null : Number(value)} />;
  return <Name text={value === null ? null : writeValue(value)} />;
}

/** The number, or why there is none. */
function callerOf(call: CallJson): string {
  return call.phone_number ?? (call.caller_withheld ? 'Withheld' : 'No number');
}

/** A long one is cut off; its title is all of it. */
function Name({ text }: { text: string | null }) {
  if (text === null) return <span className="text-muted">–</span>;
  return (
    <span title={text} className="block truncate">
      <bdi>{text}</bdi>
    </span>
  );
}

/** A live call's clock runs, from its answer on or, while it rings, from its start. */
export function CallDuration({ call }: { call: CallJson }) {
  if (call.state === 'completed') return <Duration seconds={call.duration_seconds} />;
  return <RunningClock since={call.answered_at ?? call.started_at} label="Running for" />;
}

/** Most calls have completed: only what is different is marked. */
function CallState({ call: { state, end_status } }: { call: CallJson }) {
  if (state === 'live') return <StatusBadge status="live" />;
  const isUsual = end_status === null || end_status === 'completed' || end_status === 'answered';
  return <span className="whitespace-nowrap text-muted">{isUsual ? state : end_status}</span>;
}

/** The amount, and beside it why it is held. */
function Payout({ call: { publisher_paid_out, no_payout_reason } }: { call: CallJson }) {
  if (no_payout_reason === null) return <Money amount={publisher_paid_out} />;
  return (
    <span className="inline-flex items-baseline justify-end gap-1.5">
      <span
        title={`Held: ${no_payout_reason}`}
        className="max-w-40 truncate rounded-sm bg-held-soft px-1 text-held text-xs"
      >
        {no_payout_reason}
      </span>
      <Money amount={publisher_paid_out} />
    </span>
  );
}
