import { getRouteApi, Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { RequestFailed } from '../../../api/request.ts';
import { useMay } from '../../../api/session.ts';
import { type DeliveryDetail, useDelivery, useReplayDelivery } from '../../../api/webhooks/deliveries.ts';
import { BackLink } from '../../../components/back-link.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { CodeBlock } from '../../../components/copy.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { NotFound } from '../../../components/states/not-found.tsx';
import { PageSkeleton } from '../../../components/states/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { useToast } from '../../../components/toast.tsx';
import { eventName } from '../event-words.ts';
import { Attempt } from './attempts.tsx';
import { statusSentences } from './delivery-words.ts';

const route = getRouteApi('/shell/webhooks/deliveries/$id');

/** One delivery: every attempt, and the event. */
export function DeliveryPage() {
  const { id } = route.useParams();
  const { data: delivery, error, refetch } = useDelivery(id);
  if (error instanceof RequestFailed && error.status === 404) return <NotFound />;
  if (delivery === undefined) {
    return error === null ? <PageSkeleton /> : <ErrorState error={error} reset={() => void refetch()} />;
  }
  return <LoadedDelivery delivery={delivery} />;
}

function LoadedDelivery({ delivery }: { delivery: DeliveryDetail }) {
  const { webhook_id: webhookId, webhook_name: name, status, attempts, call_log_id: callLogId } = delivery;
  return (
    <>
      <PageHeader
        title={eventName(delivery.event)}
        above={
          <BackLink to="/webhooks/outgoing/$id" params={{ id: webhookId }}>
            {name}
          </BackLink>
        }
        description={
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <StatusBadge status={status} />
            <Time at={delivery.created_at} />
            {callLogId !== null && (
              <Link
                to="/calls/$callLogId"
                params={{ callLogId }}
                className="break-all text-accent hover:underline"
              >
                <bdi>{callLogId}</bdi>
              </Link>
            )}
          </span>
        }
        actions={<ReplayButton delivery={delivery} />}
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card title={attempts.length === 0 ? 'Attempts' : `Attempts (${attempts.length})`}>
          <p className="text-sm">
            {statusSentences[status]}
            {status === 'pending' && delivery.next_attempt_at !== null && (
              <span className="text-muted">
                {' '}
                Next attempt: <Time at={delivery.next_attempt_at} />.
              </span>
            )}
          </p>
          <ol aria-label="Attempts, newest first" className="mt-3 space-y-4">
            {attempts.toReversed().map((attempt, at) => (
              <li key={attempt.at}>
                <Attempt of={`attempt ${attempts.length - at}`} attempt={attempt} />
              </li>
            ))}
          </ol>
        </Card>
        <Card
          title="Event"
          actions={<code className="font-mono text-muted text-xs">{delivery.event_id}</code>}
        >
          <CodeBlock label="Event" text={JSON.stringify(delivery.payload, null, 2)} />
        </Card>
      </div>
    </>
  );
}

function ReplayButton({ delivery: { id, status } }: { delivery: DeliveryDetail }) {
  const replay = useReplayDelivery(id);
  const toast = useToast();
  const mayReplay = useMay('send_postbacks');
  if (!mayReplay || status === 'pending') return null;
  return (
    <Button
      icon={RotateCcw}
      isBusy={replay.isPending}
      onClick={() =>
        replay.mutate(undefined, {
          onSuccess: () => toast.done('It is sent again, with the same event id'),
          onError: (error) => toast.failed('It was not sent again', error),
        })
      }
    >
      Replay
    </Button>
  );
}
