import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { type ReplayAnswer, useReplay, useReplays } from '../../../api/postbacks/postbacks.ts';
import { RequestFailed } from '../../../api/request.ts';
import { useMay } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Dialog, DialogActions } from '../../../components/dialogs/dialog.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { useToast } from '../../../components/toast.tsx';
import { ChangeList } from '../../../components/values/changes.tsx';
import { LookOnly } from '../../access/look-only.tsx';
import { outcomeSentence, statusWords } from '../outcome-words.ts';

/** Sends a rejected postback through again: first as a dry run, which shows what it would do. */
export function ReplayPanel({ postback }: { postback: PostbackJson }) {
  const [isOpen, setIsOpen] = useState(false);
  const mayReplay = useMay('send_postbacks');
  const replays = useRealReplays(postback);
  const done = replays.find(({ status }) => status !== 'rejected');
  return (
    <Card
      title="Replay"
      actions={
        mayReplay &&
        done === undefined && (
          <Button look="primary" size="small" icon={RotateCcw} onClick={() => setIsOpen(true)}>
            Replay
          </Button>
        )
      }
    >
      {done !== undefined ? (
        <p className="text-sm">The replay succeeded: {outcomeSentence(done)}</p>
      ) : mayReplay ? (
        <p className="text-muted text-sm">
          Correct what it was rejected for, then send the same request again. Its match window counts from its
          receipt. It is applied once, however often you press.
        </p>
      ) : (
        <LookOnly act="send it through again" />
      )}
      {replays.length > 0 && <Replays replays={replays} />}
      {isOpen && <ReplayDialog postback={postback} onClose={() => setIsOpen(false)} />}
    </Card>
  );
}

/** The replays that were no dry run, newest first. */
function useRealReplays({ id, replay_of: replayOf }: Pick<PostbackJson, 'id' | 'replay_of'>) {
  const { data } = useReplays(replayOf ?? id);
  return data?.items.filter((replay) => !replay.dry_run) ?? [];
}

function Replays({ replays }: { replays: PostbackJson[] }) {
  return (
    <ul aria-label="Replays" className="mt-3 space-y-1.5 text-sm">
      {replays.map(({ id, received_at: at, status, replayed_by: by }) => (
        <li key={id} className="flex flex-wrap items-center gap-2">
          <StatusBadge status={status}>{statusWords[status]}</StatusBadge>
          <Link to="/postbacks/$id" params={{ id }} className="text-accent hover:underline">
            <Time at={at} />
          </Link>
          <span className="text-muted">
            by <bdi>{by}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

function ReplayDialog({ postback, onClose }: { postback: PostbackJson; onClose(): void }) {
  const tried = useReplay(postback.id);
  const done = useReplay(postback.id);
  const toast = useToast();
  const replay = () =>
    done.mutate(false, {
      onSuccess: ({ duplicate }) => {
        toast.done(duplicate ? 'It was replayed before: nothing was done again' : 'Replayed');
        onClose();
      },
    });
  return (
    <Dialog
      title="Replay this postback"
      description="A dry run shows what the replay would do now, and changes nothing."
      isOpen
      onClose={onClose}
    >
      {tried.data !== undefined && <WouldDo answer={tried.data} />}
      <FailureNote error={done.error ?? tried.error} />
      <Faults error={done.error ?? tried.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button onClick={() => tried.mutate(true)} isBusy={tried.isPending}>
          Dry run
        </Button>
        <Button look="primary" onClick={replay} isBusy={done.isPending}>
          Replay now
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function WouldDo({
  answer: { status, duplicate, changes, call_log_id: callLogId },
}: {
  answer: ReplayAnswer;
}) {
  return (
    <div role="status" className="space-y-2 rounded-md bg-raised p-3 text-sm">
      <p>
        {duplicate ? 'It was done before, and would not be done again: ' : sentences[status]}
        {!duplicate && status !== 'unchanged' && (
          <>
            {' '}
            Call <bdi className="font-mono text-xs">{callLogId}</bdi>
            {status === 'applied' ? ' would change:' : '.'}
          </>
        )}
      </p>
      {Object.keys(changes).length > 0 && <ChangeList changes={changes} />}
    </div>
  );
}

const sentences = {
  applied: 'It would be applied.',
  unchanged: 'It would change nothing: the call has every value.',
  queued: 'It would wait for its call to complete.',
  waiting: 'It would wait for its call to arrive.',
  kept: 'It would be kept: the mapping cannot read it.',
};

function Faults({ error }: { error: Error | null }) {
  const errors = error instanceof RequestFailed ? (error.problem?.errors ?? []) : [];
  if (errors.length < 2) return null;
  return (
    <ul className="mt-2 space-y-1 text-sm">
      {errors.map(({ field, detail }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one field may have the same fault twice
        <li key={at}>
          <bdi className="font-mono text-xs">{field ?? 'the request'}</bdi>: {detail}
        </li>
      ))}
    </ul>
  );
}
