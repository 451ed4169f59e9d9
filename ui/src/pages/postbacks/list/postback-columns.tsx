import { Link } from '@tanstack/react-router';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { type Column, rowLinkStyle } from '../../../components/lists/data-table.tsx';
import { Time } from '../../../components/time.tsx';
import { Outcome } from '../outcome.tsx';
import { ChangedFields } from './changed-fields.tsx';

const none = <span className="text-muted">–</span>;

export const postbackColumns: Column<PostbackJson>[] = [
  {
    id: 'time',
    header: 'Received',
    isFixed: true,
    isOnPhone: true,
    cell: ({ id, received_at: at }) => (
      <Link to="/postbacks/$id" params={{ id }} className={rowLinkStyle}>
        <Time at={at} />
      </Link>
    ),
  },
  {
    id: 'webhook',
    header: 'Webhook',
    room: 'name',
    cell: ({ webhook_name: name }) =>
      name === null ? (
        none
      ) : (
        <span className="block truncate" title={name}>
          <bdi>{name}</bdi>
        </span>
      ),
  },
  {
    id: 'method',
    header: 'Method',
    cell: ({ request }) => <span className="font-mono text-xs">{methodOf(request)}</span>,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    isOnPhone: true,
    room: 'sentence',
    cell: (postback) => <Outcome postback={postback} />,
  },
  {
    id: 'call',
    header: 'Call',
    room: 'name',
    cell: ({ call_log_id: id, phone_number: phone }) =>
      id === null ? (
        (phone ?? none)
      ) : (
        <Link
          to="/calls/$callLogId"
          params={{ callLogId: id }}
          title={id}
          className="relative z-1 block truncate text-accent hover:underline"
        >
          <bdi>{id}</bdi>
        </Link>
      ),
  },
  { id: 'changes', header: 'Changes', cell: ({ changes }) => <ChangedFields changes={changes} /> },
  {
    id: 'transaction',
    header: 'Transaction id',
    isHiddenAtFirst: true,
    cell: ({ transaction_id: id }) =>
      id === null ? (
        none
      ) : (
        <bdi title={id} className="block max-w-40 truncate font-mono text-xs">
          {id}
        </bdi>
      ),
  },
  {
    id: 'source',
    header: 'Source',
    cell: ({ source_ip: address }) => <span className="font-mono text-xs">{address}</span>,
  },
];

/** `GET`, `POST`; a batch and a file are ways of their own. */
export function methodOf(request: unknown): string {
  if (typeof request !== 'object' || request === null) return '';
  if ('batch_id' in request) return 'Batch';
  if ('row' in request) return 'File';
  return 'method' in request ? String(request.method) : '';
}
