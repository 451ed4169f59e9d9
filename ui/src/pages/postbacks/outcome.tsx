import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { outcomeSentence } from './outcome-words.ts';

/** The result of a postback: the word, and what it means. */
export function Outcome({ postback }: { postback: PostbackJson }) {
  const { status, dry_run: isDryRun, replay_of: replayOf } = postback;
  return (
    <div className="min-w-0 space-y-0.5">
      <div className="flex flex-wrap items-center gap-1.5">
        <StatusBadge status={status} />
        {isDryRun && <Mark>dry run</Mark>}
        {replayOf !== null && <Mark>replay</Mark>}
      </div>
      {(status === 'rejected' || status === 'queued') && (
        <p className="max-w-72 text-muted text-xs">{outcomeSentence(postback)}</p>
      )}
    </div>
  );
}

function Mark({ children }: { children: string }) {
  return (
    <span className="rounded-full border border-line-strong/50 px-1.5 text-muted text-xs">{children}</span>
  );
}
