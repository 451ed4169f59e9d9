import {
  type AttachAnswer,
  type Attachment,
  useAttach,
  useAttachPreview,
} from '../../api/postbacks/inbox.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialogs/dialog.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { Preview } from './preview.tsx';

/** Shows what the postback would do to the call before it is attached. */
export function AttachDialog({ attachment, onClose }: { attachment: Attachment; onClose(): void }) {
  const preview = useAttachPreview(attachment);
  const toast = useToast();
  const attach = useAttach(({ status, duplicate }) => {
    toast.done(duplicate ? 'It was attached before: nothing was done again' : doneWords[status]);
    onClose();
  });
  return (
    <Dialog
      title={`Attach to ${attachment.callLogId}`}
      description="The postback is applied to this call as if it had named it. The timeline says who attached it."
      isOpen
      onClose={onClose}
    >
      <Preview answer={preview.data} error={preview.error} sentenceOf={sentenceOf} />
      <FailureNote error={attach.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          onClick={() => attach.mutate(attachment)}
          isBusy={attach.isPending}
          disabled={preview.data === undefined}
        >
          Attach
        </Button>
      </DialogActions>
    </Dialog>
  );
}

const doneWords: Record<AttachAnswer['status'], string> = {
  applied: 'Attached and applied',
  unchanged: 'Attached: the call had these values already',
  queued: 'Attached: it is applied when the call completes',
  waiting: 'It still waits for its call',
  kept: 'It is kept until its mapping can read it',
};

function sentenceOf({ status, duplicate, changes }: AttachAnswer): string {
  if (duplicate) return 'It was attached before: nothing would be done again.';
  if (status === 'applied') return `It would change ${countFields(changes)} of the call:`;
  if (status === 'queued') return 'The call is live: it would be applied when the call completes.';
  return 'It would change nothing: the call has these values already.';
}

function countFields(changes: AttachAnswer['changes']): string {
  const count = Object.keys(changes).length;
  return count === 1 ? 'one field' : `${count} fields`;
}
