import { Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import type {
  WebhookTestBody,
  WebhookTestJson,
} from '../../../../../src/http/operator/webhooks/requests/webhook-test-schemas.ts';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useCall } from '../../../api/calls/calls.ts';
import { useSession } from '../../../api/session.ts';
import { Card } from '../../../components/card.tsx';
import { CodeBlock } from '../../../components/copy.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { type Status, StatusBadge } from '../../../components/status-badge.tsx';
import { ChangeList, type Changes } from '../../../components/values/changes.tsx';
import { typePaths } from '../webhook-words.ts';

export type Sent = { request: WebhookTestBody; result: WebhookTestJson };

/** What was sent, what was answered, and what it did to the call. */
export function TestResult({ webhook, sent }: { webhook: WebhookJson; sent: Sent | null }) {
  const { public_url: publicUrl } = useSession();
  if (sent === null) {
    return (
      <EmptyState icon={Send} title="Nothing sent yet">
        Pick a call and fill in fields. “Dry run” tells what would happen and changes nothing; “Send” does it.
      </EmptyState>
    );
  }
  const { request, result } = sent;
  const answer = readAnswer(result.answer);
  return (
    <div className="space-y-5">
      <Card
        title={request.dry_run ? 'What it would do' : 'What it did'}
        actions={<StatusBadge status={answer.status}>{answer.word}</StatusBadge>}
      >
        {answer.detail === null ? (
          <AnsweredChanges changes={answer.changes} />
        ) : (
          <p className="text-sm">{answer.detail}</p>
        )}
        {answer.callLogId !== null && <CallNow callLogId={answer.callLogId} />}
      </Card>
      <Card title="Request">
        <CodeBlock
          label="Request"
          text={requestText(`${publicUrl}/${typePaths[webhook.type]}`, sent)}
          isWrapped
        />
      </Card>
      <Card title="Answer">
        <CodeBlock
          label="Answer"
          text={`HTTP ${result.status}\n\n${JSON.stringify(result.answer, null, 2)}`}
          isWrapped
        />
      </Card>
    </div>
  );
}

function AnsweredChanges({ changes }: { changes: Changes }) {
  if (Object.keys(changes).length === 0) return <p className="text-muted text-sm">No field changes.</p>;
  return <ChangeList changes={changes} />;
}

/** The call as it is now, in the few fields that postbacks are about. */
function CallNow({ callLogId }: { callLogId: string }) {
  const { data: call } = useCall(callLogId);
  if (call === undefined) return null;
  const facts = [
    ['State', call.state],
    ['Converted', String(call.converted)],
    ['Revenue', call.revenue_paid_out],
    [
      'Payout',
      call.publisher_paid_out === null ? null : `${call.publisher_paid_out} (${call.payout_status})`,
    ],
    ['Reason', call.reason],
    [
      'Tags',
      Object.entries(call.tags)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', '),
    ],
    ['Queued updates', String(call.queued_updates)],
  ] as const;
  return (
    <div className="mt-4 border-line border-t pt-3">
      <h3 className="mb-2 text-muted text-xs">
        The call now:{' '}
        <Link to="/calls/$callLogId" params={{ callLogId }} className="text-accent hover:underline">
          <bdi>{callLogId}</bdi>
        </Link>
      </h3>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 text-sm sm:grid-cols-3">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="break-words tabular-nums">
              <bdi>{value || '–'}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function requestText(address: string, { request }: Sent): string {
  const query = new URLSearchParams({ ...request.query, ...(request.dry_run && { dry_run: 'true' }) });
  const url = query.size === 0 ? address : `${address}?${query}`;
  if (request.method === 'GET') return `GET ${url}`;
  return `POST ${url}\nContent-Type: application/json\n\n${JSON.stringify(request.body, null, 2)}`;
}

type Read = {
  status: Status;
  word: string;
  detail: string | null;
  callLogId: string | null;
  changes: Changes;
};

/** An answer of a sender's endpoint (docs/senders.md#answers): an outcome, or a problem. */
function readAnswer(answer: unknown): Read {
  const read = answer as Partial<Record<'status' | 'detail' | 'code' | 'call_log_id', string>> &
    Partial<{ changes: Changes }>; // as the endpoint answers
  const callLogId = read.call_log_id ?? null;
  if (read.detail !== undefined)
    return { status: 'rejected', word: read.code ?? 'rejected', detail: read.detail, callLogId, changes: {} };
  const status = read.status === 'queued' || read.status === 'unchanged' ? read.status : 'applied';
  return { status, word: status, detail: null, callLogId, changes: read.changes ?? {} };
}
