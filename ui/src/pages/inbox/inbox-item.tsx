import { Link } from '@tanstack/react-router';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { UpdateList } from '../calls/call/update-list.tsx';
import { adviceOn } from '../webhooks/activity/rejection-advice.ts';
import { FindCall } from './find-call.tsx';

/** One postback without a call: what it says and why it has none, beside the calls that are near. */
export function InboxItem({ postback }: { postback: PostbackJson }) {
  const { id, status, received_at: receivedAt, webhook_name: name } = postback;
  return (
    <li className="grid gap-4 rounded-lg border border-line bg-surface p-4 lg:grid-cols-2">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <StatusBadge status={status} />
          <Link to="/postbacks/$id" params={{ id }} className="font-medium text-accent hover:underline">
            <Time at={receivedAt} />
          </Link>
          <span className="min-w-0 break-words text-muted">
            through <bdi>{name}</bdi>
          </span>
        </div>
        <p className="mt-1.5 text-sm">
          <Why postback={postback} />
        </p>
        <div className="mt-3">
          <UpdateList update={updateOf(postback)} />
        </div>
      </div>
      <div className="min-w-0 border-line lg:border-l lg:pl-4">
        <FindCall postback={postback} />
      </div>
    </li>
  );
}

function Why({ postback }: { postback: PostbackJson }) {
  const { status, code, phone_number: number, call_log_id: callLogId, expires_at: expiresAt } = postback;
  const sought = callLogId ?? number;
  return (
    <>
      {sought !== null && <bdi className="break-all font-medium">{sought}: </bdi>}
      {code === null ? 'no call has come yet.' : lowerFirst(adviceOn(code).meaning)}
      {status === 'waiting' && expiresAt !== undefined && (
        <span className="text-muted">
          {' '}
          Waits until <Time at={expiresAt} />.
        </span>
      )}
      {status === 'expired' && expiresAt !== undefined && (
        <span className="text-muted">
          {' '}
          Waited until <Time at={expiresAt} />.
        </span>
      )}
    </>
  );
}

/** The update of the log, which is empty for a request that was rejected before it was read. */
function updateOf({ update }: PostbackJson): Record<string, unknown> {
  return typeof update === 'object' && update !== null ? { ...update } : {};
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
