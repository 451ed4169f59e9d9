import { useParams } from '@tanstack/react-router';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { usePostback } from '../../../api/postbacks/postbacks.ts';
import { RequestFailed } from '../../../api/request.ts';
import { useMay } from '../../../api/session.ts';
import { BackLink } from '../../../components/back-link.tsx';
import { Card } from '../../../components/card.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { NotFound } from '../../../components/states/not-found.tsx';
import { PageSkeleton } from '../../../components/states/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { LookOnly } from '../../access/look-only.tsx';
import { FindCall } from '../../inbox/find-call.tsx';
import { Mark } from '../outcome.tsx';
import { PostbackAnswer } from './postback-answer.tsx';
import { PostbackFacts } from './postback-facts.tsx';
import { PostbackOutcome } from './postback-outcome.tsx';
import { PostbackRequest } from './postback-request.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { UndoButton } from './undo-panel.tsx';

/** One postback: the request, its result, the response, and the replay of a rejected one. */
export function PostbackPage() {
  const { id } = useParams({ from: '/shell/postbacks/$id' });
  const { data: postback, error, refetch } = usePostback(id);
  if (error instanceof RequestFailed && error.status === 404) return <NotFound />;
  if (postback === undefined) {
    return error ? <ErrorState error={error} reset={() => void refetch()} /> : <PageSkeleton />;
  }
  const { replayed_as: replayedAs } = postback;
  const isReplayable =
    postback.status === 'rejected' && !postback.dry_run && postback.code !== 'invalid_auth_key';
  return (
    <>
      <PageHeader
        title={
          postback.webhook_name === null
            ? 'Request with an invalid key'
            : `Postback of ${postback.webhook_name}`
        }
        above={<BackLink to="/postbacks">All postbacks</BackLink>}
        description={
          <span className="flex flex-wrap items-center gap-2">
            <StatusBadge status={postback.status} />
            {replayedAs !== undefined && (
              <StatusBadge status={replayedAs}>{`replayed: ${replayedAs}`}</StatusBadge>
            )}
            {postback.undone_by !== null && <Mark>undone</Mark>}
            <span>
              Received <Time at={postback.received_at} />
            </span>
          </span>
        }
        actions={<UndoButton postback={postback} />}
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div className="space-y-4">
          <PostbackOutcome postback={postback} />
          <CallToFind postback={postback} />
          {isReplayable && <ReplayPanel postback={postback} />}
          <PostbackFacts postback={postback} />
        </div>
        <div className="space-y-4">
          <PostbackRequest postback={postback} />
          <PostbackAnswer answer={postback.answer} />
        </div>
      </div>
    </>
  );
}

/** The way to its call of a postback without one, until it is attached, replayed or dismissed. */
function CallToFind({ postback }: { postback: PostbackJson }) {
  const mayAttach = useMay('send_postbacks');
  const { nearest, dismissed, dry_run: isDryRun, replayed_as: replayedAs } = postback;
  if (nearest === undefined || dismissed !== undefined || isDryRun || replayedAs !== undefined) return null;
  return (
    <Card title="Find its call">
      <FindCall postback={postback} />
      {!mayAttach && <LookOnly act="attach or dismiss it" />}
    </Card>
  );
}
