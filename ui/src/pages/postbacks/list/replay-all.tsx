import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { PostbackFilters } from '../../../api/postbacks/postbacks.ts';
import { useMay } from '../../../api/session.ts';
import { Button } from '../../../components/button.tsx';
import { ManyPostbacksDialog } from './many-postbacks-dialog.tsx';

/** Offered above a list of rejected postbacks: all of the filter go through again. */
export function ReplayAll({ filters }: { filters: PostbackFilters }) {
  const [isOpen, setOpen] = useState(false);
  const mayReplay = useMay('send_postbacks');
  const { status, transaction_id: transactionId, batch_id: batchId, ...others } = filters;
  const isOfRejected = status === 'rejected' || (status === undefined && others.code !== undefined);
  const isReplayable =
    others.code !== 'invalid_auth_key' && transactionId === undefined && batchId === undefined;
  if (!mayReplay || !isOfRejected || !isReplayable) return null;
  return (
    <>
      <p className="mb-3 flex flex-wrap items-center gap-3 text-muted text-sm">
        <Button size="small" icon={RotateCcw} onClick={() => setOpen(true)}>
          Replay all
        </Button>
        <span>After the cause is corrected, replay the rejected postbacks of this list.</span>
      </p>
      {isOpen && (
        <ManyPostbacksDialog action="replay-rejected" filters={others} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
