import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Card } from '../../../components/card.tsx';
import { Time } from '../../../components/time.tsx';
import { methodOf } from '../list/postback-columns.tsx';

const matchedByWords = { call_log_id: 'call id', other_id: 'other call id', phone_number: 'phone number' };
const linkStyle = 'text-accent hover:underline';

/** Who sent it, when, from where, and which call it is about. */
export function PostbackFacts({ postback }: { postback: PostbackJson }) {
  const { call_log_id: callLogId, candidates, matched_by: matchedBy } = postback;
  return (
    <Card title="Details">
      <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
        <Fact name="Received">
          <Time at={postback.received_at} />
        </Fact>
        <Fact name="Webhook">
          {postback.webhook_id === null ? (
            <span className="text-muted">none: the key is missing or unknown</span>
          ) : (
            <Link to="/webhooks/incoming/$id" params={{ id: postback.webhook_id }} className={linkStyle}>
              <bdi>{postback.webhook_name}</bdi>
            </Link>
          )}
        </Fact>
        <Fact name="Call">
          {callLogId === null ? (
            <span className="text-muted">none</span>
          ) : (
            <Link to="/calls/$callLogId" params={{ callLogId }} className={linkStyle}>
              <bdi>{callLogId}</bdi>
            </Link>
          )}
        </Fact>
        {postback.phone_number !== null && <Fact name="Phone number">{postback.phone_number}</Fact>}
        {matchedBy !== null && (
          <Fact name="Matched by">
            {matchedByWords[matchedBy]}
            {candidates !== null && candidates !== 1 && ` (${candidates} calls in the window)`}
          </Fact>
        )}
        {postback.transaction_id !== null && (
          <Fact name="Transaction id">
            <bdi className="font-mono text-xs">{postback.transaction_id}</bdi>
          </Fact>
        )}
        {postback.batch_id !== null && (
          <Fact name="Part of">
            <Link to="/postbacks" search={{ batch_id: postback.batch_id }} className={linkStyle}>
              a batch or an import
            </Link>
          </Fact>
        )}
        {postback.replay_of !== null && (
          <Fact name="Replay of">
            <Link to="/postbacks/$id" params={{ id: postback.replay_of }} className={linkStyle}>
              the postback that was rejected
            </Link>
            {postback.replayed_by !== null && (
              <>
                {' '}
                by <bdi>{postback.replayed_by}</bdi>
              </>
            )}
          </Fact>
        )}
        <History postback={postback} />
        <Fact name="Sent by">
          <span className="font-mono text-xs">{methodOf(postback.request)}</span> from{' '}
          <span className="font-mono text-xs">{postback.source_ip}</span>
        </Fact>
        {postback.times_received > 1 && (
          <Fact name="Received">
            {postback.times_received.toLocaleString('en-US')} times, last{' '}
            <Time at={postback.last_received_at} isRelative />
          </Fact>
        )}
        {postback.ignored.length > 0 && (
          <Fact name="Ignored">
            <bdi className="font-mono text-xs">{postback.ignored.join(', ')}</bdi>
          </Fact>
        )}
        <Fact name="Postback id">
          <span className="font-mono text-xs">{postback.id}</span>
        </Fact>
      </dl>
    </Card>
  );
}

/** What people and other postbacks did to it. */
function History({ postback }: { postback: PostbackJson }) {
  const { undo_of: undoOf, undone_by: undoneBy, dismissed } = postback;
  return (
    <>
      {postback.expires_at !== undefined && (
        <Fact name={postback.status === 'waiting' ? 'Waits until' : 'Waited until'}>
          <Time at={postback.expires_at} />
        </Fact>
      )}
      {postback.attached_by !== undefined && (
        <Fact name="Attached by">
          <bdi>{postback.attached_by}</bdi>
        </Fact>
      )}
      {dismissed !== undefined && (
        <Fact name="Dismissed">
          by <bdi>{dismissed.by}</bdi>, <Time at={dismissed.at} />: <bdi>{dismissed.reason}</bdi>
        </Fact>
      )}
      {undoOf !== null && (
        <Fact name="Undo of">
          <Link to="/postbacks/$id" params={{ id: undoOf }} className={linkStyle}>
            another postback
          </Link>
        </Fact>
      )}
      {undoneBy !== null && (
        <Fact name="Undone">
          <Link to="/postbacks/$id" params={{ id: undoneBy }} className={linkStyle}>
            by another postback
          </Link>
        </Fact>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
