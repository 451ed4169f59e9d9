import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../../api/session.ts';
import { useWebhookLog } from '../../../api/webhooks/webhook-log.ts';
import { type Column, DataTable } from '../../../components/lists/data-table.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { ChangedFields } from '../../postbacks/list/changed-fields.tsx';
import { adviceOn } from './rejection-advice.ts';

const columns: Column<PostbackJson>[] = [
  {
    id: 'received',
    header: 'Received',
    isFixed: true,
    isOnPhone: true,
    cell: ({ id, received_at }) => (
      <Link to="/postbacks/$id" params={{ id }} className="text-accent hover:underline">
        <Time at={received_at} />
      </Link>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    isOnPhone: true,
    cell: ({ status, code, dry_run }) => (
      <span className="flex flex-wrap items-center gap-1.5">
        <StatusBadge status={status} />
        {dry_run && <span className="text-muted text-xs">dry run</span>}
        {code !== null && (
          <code className="font-mono text-rejected text-xs" title={adviceOn(code).meaning}>
            {code}
          </code>
        )}
      </span>
    ),
  },
  {
    id: 'call',
    header: 'Call',
    cell: ({ call_log_id: id }) =>
      id === null ? (
        <span className="text-muted">–</span>
      ) : (
        <Link
          to="/calls/$callLogId"
          params={{ callLogId: id }}
          className="inline-block max-w-48 truncate align-bottom text-accent hover:underline"
        >
          <bdi>{id}</bdi>
        </Link>
      ),
  },
  {
    id: 'changes',
    header: 'Changes',
    cell: ({ changes, detail, code }) =>
      code !== null ? (
        <span className="line-clamp-2 text-muted">{detail}</span>
      ) : (
        <ChangedFields changes={changes} />
      ),
  },
  {
    id: 'source',
    header: 'Source',
    cell: ({ source_ip }) => <span className="font-mono text-xs">{source_ip}</span>,
  },
];

/** The webhook's own log, newest first; new rows come by themselves. */
export function WebhookLog({ webhook }: { webhook: WebhookJson }) {
  const { rows, error, reset, more } = useWebhookLog(webhook.id);
  const maySend = useMay('send_postbacks');
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  return (
    <section>
      <h2 className="mb-2 flex items-center gap-2 font-semibold text-sm">
        Live log
        <span
          aria-hidden
          className={`size-2 rounded-full ${error === null ? 'bg-applied' : 'bg-rejected'}`}
        />
        {error !== null && <span className="font-normal text-danger text-xs">{error.message}</span>}
      </h2>
      {rows.length === 0 ? (
        <EmptyState icon={Inbox} title="Nothing received yet">
          {maySend && 'Send a first postback by hand in the “Test” tab. '}
          The “URL builder” makes the URL for the sender; what it sends appears here automatically.
        </EmptyState>
      ) : (
        <DataTable
          label={`Postbacks of ${webhook.name}`}
          rows={rows}
          columns={columns}
          rowId={({ id }) => id}
          {...more}
        />
      )}
    </section>
  );
}
