import { Link, useParams } from '@tanstack/react-router';
import { Pencil, SearchX } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { useCall } from '../../../api/calls/calls.ts';
import { RequestFailed } from '../../../api/request.ts';
import { useMay } from '../../../api/session.ts';
import { BackLink } from '../../../components/back-link.tsx';
import { Button, buttonStyle } from '../../../components/button.tsx';
import { useAction } from '../../../components/menus/actions.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { PageSkeleton } from '../../../components/states/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { TagList } from '../tags.tsx';
import { CallFacts } from './call-facts.tsx';
import { CallFigures } from './call-figures.tsx';
import { CallTimeline } from './call-timeline.tsx';
import { QueuedUpdates } from './queued-updates.tsx';

const EditCallDialog = lazy(async () => ({
  default: (await import('../edit/edit-call-dialog.tsx')).EditCallDialog,
}));

export function CallPage() {
  const { callLogId } = useParams({ from: '/shell/calls/$callLogId' });
  const { data: call, error, refetch } = useCall(callLogId);
  if (call !== undefined) return <CallDetail key={callLogId} call={call} />;
  if (error === null) return <PageSkeleton />;
  if (error instanceof RequestFailed && error.status === 404) return <UnknownCall callLogId={callLogId} />;
  return <ErrorState error={error} reset={() => void refetch()} />;
}

function CallDetail({ call }: { call: CallJson }) {
  const [isEditing, setEditing] = useState(false);
  const mayChange = useMay('change_calls');
  useAction('Change this call', () => setEditing(true), mayChange);
  return (
    <>
      <PageHeader
        title={call.call_log_id}
        above={<BackToCalls />}
        description={
          <span className="flex flex-wrap items-center gap-2">
            <StatusBadge status={call.state} />
            {call.converted && <StatusBadge status="applied">converted</StatusBadge>}
            <span>
              Call from{' '}
              <bdi className="font-medium text-ink">
                {call.phone_number ?? (call.caller_withheld ? 'a hidden number' : 'an unknown number')}
              </bdi>
            </span>
          </span>
        }
        actions={
          mayChange && (
            <Button icon={Pencil} onClick={() => setEditing(true)}>
              Change
            </Button>
          )
        }
      />
      <CallFigures call={call} />
      <div className="mt-6 grid gap-6 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <div className="min-w-0 space-y-6">
          {call.queued_updates > 0 && <QueuedUpdates call={call} />}
          <CallTimeline callLogId={call.call_log_id} />
        </div>
        <div className="min-w-0 space-y-6">
          <CallFacts call={call} />
          <Tags call={call} />
        </div>
      </div>
      {isEditing && (
        <Suspense>
          <EditCallDialog call={call} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </>
  );
}

function Tags({ call: { tags } }: { call: CallJson }) {
  const mayChange = useMay('change_calls');
  const count = Object.keys(tags).length;
  return (
    <section aria-labelledby="tags-heading" className="rounded-lg border border-line bg-surface p-4">
      <h2 id="tags-heading" className="mb-3 font-semibold">
        Tags {count > 0 && <span className="font-normal text-muted text-sm">{count}</span>}
      </h2>
      {count === 0 ? (
        <p className="text-muted text-sm">None. Postbacks add them{mayChange && ', and so does “Change”'}.</p>
      ) : (
        <TagList tags={tags} />
      )}
    </section>
  );
}

function BackToCalls() {
  return <BackLink to="/calls">All calls</BackLink>;
}

function UnknownCall({ callLogId }: { callLogId: string }) {
  return (
    <>
      <PageHeader title="Unknown call" above={<BackToCalls />} />
      <EmptyState
        icon={SearchX}
        title="No call has this id"
        action={
          <Link to="/calls" search={{ q: callLogId }} className={buttonStyle()}>
            Search for it
          </Link>
        }
      >
        <bdi className="break-words font-mono text-ink">{callLogId}</bdi> has not been sent yet, or is spelled
        differently.
      </EmptyState>
    </>
  );
}
