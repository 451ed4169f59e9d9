import { Link } from '@tanstack/react-router';
import { ArrowDownUp, CircleCheck, Hand, Pencil, PhoneIncoming, Send, Webhook } from 'lucide-react';
import { useState } from 'react';
import type { TimelineItemJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type TimelineOrder, useTimeline } from '../../../api/calls/calls.ts';
import { Button } from '../../../components/button.tsx';
import { ShowMore } from '../../../components/lists/data-table.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { type Status, StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { ChangeList } from '../../../components/values/changes.tsx';
import { isDeliveryStatus } from '../../outgoing/deliveries/delivery-words.ts';
import { eventName } from '../../outgoing/event-words.ts';
import { statusWords } from '../../postbacks/outcome-words.ts';
import { adviceOn } from '../../webhooks/activity/rejection-advice.ts';
import { UpdateList } from './update-list.tsx';

const orderName = 'ringback.timeline-order';

/** All that ever happened to the call, newest first unless this browser has chosen otherwise. */
export function CallTimeline({ callLogId }: { callLogId: string }) {
  const [order, setOrder] = useState<TimelineOrder>(() =>
    localStorage.getItem(orderName) === 'oldest' ? 'oldest' : 'newest',
  );
  const turn = () => {
    const next = order === 'newest' ? 'oldest' : 'newest';
    localStorage.setItem(orderName, next);
    setOrder(next);
  };
  const { rows: items, error, reset, more } = useTimeline(callLogId, order);
  return (
    <section aria-labelledby="timeline-heading">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 id="timeline-heading" className="font-semibold">
          Timeline
        </h2>
        <Button look="quiet" size="small" icon={ArrowDownUp} onClick={turn}>
          {order === 'newest' ? 'Newest first' : 'Oldest first'}
        </Button>
      </div>
      {items === undefined && <ListPending error={error} reset={reset} />}
      <ol aria-label="Timeline" className="space-y-3">
        {items?.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no state, and some no id
          <TimelineItem key={at} item={item} />
        ))}
      </ol>
      <ShowMore {...more}>{order === 'newest' ? 'Show what came before' : 'Show what came later'}</ShowMore>
    </section>
  );
}

const kinds = {
  created: { icon: PhoneIncoming, title: 'Call created' },
  completed: { icon: CircleCheck, title: 'Call completed' },
  changed: { icon: Pencil, title: 'Call changed' },
  postback: { icon: Webhook, title: 'Postback' },
  delivery: { icon: Send, title: 'Event' },
};

function TimelineItem({ item }: { item: TimelineItemJson }) {
  const {
    kind,
    at,
    by,
    changes,
    status,
    code,
    postback_id: postbackId,
    update,
    applied_at: appliedAt,
    event,
    delivery_id: deliveryId,
  } = item;
  const isByHand = kind === 'changed' && status !== undefined;
  const { icon: Icon, title } = isByHand ? { icon: Hand, title: 'Changed by hand' } : kinds[kind];
  const hasWaited =
    kind !== 'delivery' && appliedAt != null && Date.parse(appliedAt) - Date.parse(at) > waitedMsMin;
  return (
    <li className="rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Icon aria-hidden className="size-4 shrink-0 text-muted" />
        {deliveryId !== undefined && (
          <Link
            to="/webhooks/deliveries/$id"
            params={{ id: deliveryId }}
            className="font-medium text-accent hover:underline"
          >
            {title}
          </Link>
        )}
        {postbackId === undefined && deliveryId === undefined && <span className="font-medium">{title}</span>}
        {postbackId !== undefined && (
          <Link
            to="/postbacks/$id"
            params={{ id: postbackId }}
            className="font-medium text-accent hover:underline"
          >
            {title}
          </Link>
        )}
        <span className="min-w-0 break-words text-muted">
          {kind === 'postback' ? 'through' : kind === 'delivery' ? 'to' : 'by'}{' '}
          <bdi className="text-ink">{by}</bdi>
          {kind === 'delivery' && `: ${eventName(event ?? '').toLowerCase()}`}
        </span>
        {kind !== 'delivery' && isStatus(status) && <StatusBadge status={status} />}
        {kind === 'delivery' && isDeliveryStatus(status) && <StatusBadge status={status} />}
        <span className="ml-auto text-muted text-xs">
          <Time at={at} />
        </span>
      </div>
      {code !== undefined && (
        <p className="mt-2 text-sm">
          {adviceOn(code).meaning} <code className="font-mono text-muted text-xs">{code}</code>
        </p>
      )}
      {Object.keys(changes).length > 0 && (
        <div className="mt-3 border-line border-t pt-3">
          <ChangeList changes={changes} />
        </div>
      )}
      {update !== undefined && (
        <div className="mt-3 border-line border-t pt-3">
          <p className="mb-1.5 text-muted text-xs">Waits for the call to complete:</p>
          <UpdateList update={update} />
        </div>
      )}
      {hasWaited && (
        <p className="mt-2 text-muted text-xs">
          Waited for the call to complete; applied <Time at={appliedAt ?? null} />.
        </p>
      )}
    </li>
  );
}

/** Applied at once is within a moment of its receipt. */
const waitedMsMin = 2_000;

function isStatus(status: string | undefined): status is Extract<Status, keyof typeof statusWords> {
  return status !== undefined && Object.hasOwn(statusWords, status);
}
