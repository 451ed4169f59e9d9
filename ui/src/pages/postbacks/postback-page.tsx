import { Link, useParams } from '@tanstack/react-router';
import { usePostback } from '../../api/postbacks.ts';
import { RequestFailed } from '../../api/request.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { NotFound } from '../../components/not-found.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { PageSkeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { statusWords } from './outcome-words.ts';
import { PostbackAnswer } from './postback-answer.tsx';
import { PostbackFacts } from './postback-facts.tsx';
import { PostbackOutcome } from './postback-outcome.tsx';
import { PostbackRequest } from './postback-request.tsx';
import { ReplayPanel } from './replay-panel.tsx';

/** One postback: what came, what became of it, what was answered, and a refused one's way back. */
export function PostbackPage() {
  const { id } = useParams({ from: '/shell/postbacks/$id' });
  const { data: postback, error, refetch } = usePostback(id);
  if (error instanceof RequestFailed && error.status === 404) return <NotFound />;
  if (error) return <ErrorState error={error} reset={() => void refetch()} />;
  if (postback === undefined) return <PageSkeleton />;
  const isReplayable = postback.status === 'rejected' && !postback.dry_run;
  return (
    <>
      <PageHeader
        title={`Postback of ${postback.webhook_name}`}
        above={
          <Link to="/postbacks" className="hover:text-ink hover:underline">
            Postbacks
          </Link>
        }
        actions={<StatusBadge status={postback.status}>{statusWords[postback.status]}</StatusBadge>}
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div className="space-y-4">
          <PostbackOutcome postback={postback} />
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
