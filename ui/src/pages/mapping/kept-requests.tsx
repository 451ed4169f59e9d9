import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { useMay } from '../../api/session.ts';
import { type KeptReplay, useKept, useReplayKept } from '../../api/webhooks/mapping.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/lists/data-table.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { Time } from '../../components/time.tsx';
import { useFieldLabel } from '../../components/values/field-name.tsx';

/** Requests that could not be read and wait for a mapping that can. Nothing is shown where there are none. */
export function KeptRequests({ webhookId, onChoose }: { webhookId: string; onChoose(id: string): void }) {
  const { data } = useKept(webhookId);
  const replay = useReplayKept(webhookId);
  const mayReplay = useMay('send_postbacks');
  const rows = data?.items ?? [];
  if (rows.length === 0 && replay.data === undefined) return null;
  const count = `${rows.length}${data?.next_cursor ? '+' : ''}`;
  return (
    <Card
      title={rows.length === 0 ? 'Kept requests' : `Kept requests (${count})`}
      actions={
        mayReplay &&
        rows.length > 0 && (
          <Button
            look="primary"
            size="small"
            icon={RotateCcw}
            onClick={() => replay.mutate()}
            isBusy={replay.isPending}
          >
            Replay all
          </Button>
        )
      }
    >
      <p className="mb-3 text-muted text-sm">
        {rows.length === 0
          ? 'No request is kept any more.'
          : 'These requests could not be read. Correct the mapping, save it, then replay them: each is applied once, oldest first.'}
      </p>
      {replay.data !== undefined && (
        <p role="status" className="mb-3 rounded-md bg-raised px-3 py-2 text-sm">
          {resultOf(replay.data)}
        </p>
      )}
      <FailureNote error={replay.error} />
      {rows.length > 0 && (
        <DataTable label="Kept requests" rows={rows} columns={columnsOf(onChoose)} rowId={({ id }) => id} />
      )}
    </Card>
  );
}

function resultOf({ replayed, summary }: KeptReplay): string {
  const parts = Object.entries(summary)
    .filter(([, count]) => count !== undefined && count > 0)
    .map(([status, count]) => `${count} ${status === 'kept' ? 'still cannot be read' : status}`);
  const requests = replayed === 1 ? '1 request was read again' : `${replayed} requests were read again`;
  return parts.length === 0 ? `${requests}.` : `${requests}: ${parts.join(', ')}.`;
}

function columnsOf(onChoose: (id: string) => void): Column<PostbackJson>[] {
  return [
    {
      id: 'received',
      header: 'Received',
      isOnPhone: true,
      cell: ({ id, received_at: at }) => (
        <Link to="/postbacks/$id" params={{ id }} className="text-accent hover:underline">
          <Time at={at} />
        </Link>
      ),
    },
    { id: 'errors', header: 'Errors', isOnPhone: true, cell: (postback) => <Errors postback={postback} /> },
    {
      id: 'use',
      header: 'Mapping',
      cell: ({ id }) => (
        <Button size="small" onClick={() => onChoose(id)}>
          Map this request
        </Button>
      ),
    },
  ];
}

function Errors({ postback: { errors, detail } }: { postback: PostbackJson }) {
  const labelOf = useFieldLabel();
  if (errors.length === 0) return detail;
  return (
    <ul className="space-y-0.5">
      {errors.map(({ field, detail: what }) => (
        <li key={`${field} ${what}`} className="break-words">
          {field !== null && <bdi className="font-medium">{labelOf(field)}: </bdi>}
          {what}
        </li>
      ))}
    </ul>
  );
}
