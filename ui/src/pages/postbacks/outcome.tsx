import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { outcomeSentence } from './outcome-words.ts';

/** The result of a postback: the word, and what it means. */
export function Outcome({ postback }: { postback: PostbackJson }) {
  const { status, dry_run: isDryRun, replay_of: replayOf, replayed_as: replayedAs } = postback;
  const isTold = (status === 'rejected' && replayedAs === undefined) || status === 'queued';
  const sentence = isTold ? outcomeSentence(postback) : null;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-1.5 md:flex-nowrap">
      <StatusBadge status={status} />
      {replayedAs !== undefined && <StatusBadge status={replayedAs}>{`replayed: ${replayedAs}`}</StatusBadge>}
      {postback.undone_by !== null && <Mark>undone</Mark>}
      {isDryRun && <Mark>dry run</Mark>}
      {replayOf !== null && <Mark>replay</Mark>}
      {sentence !== null && (
        <span className="min-w-0 text-muted text-xs md:truncate" title={sentence}>
          {sentence}
        </span>
      )}
    </div>
  );
}

/** What is worth knowing beside the status. */
export function Mark({ children }: { children: string }) {
  return (
    <span className="whitespace-nowrap rounded-full border border-line-strong/50 px-1.5 text-muted text-xs">
      {children}
    </span>
  );
}
