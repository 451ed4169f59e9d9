import { useState } from 'react';
import { type OutgoingJson, useChangeOutgoing } from '../../api/webhooks/outgoing.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialogs/dialog.tsx';
import { RadioCards } from '../../components/forms/radio-cards.tsx';
import { FailureNote } from '../../components/states/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { pendingWords } from './health.tsx';

const choices = [
  { value: 'all', name: 'All', description: 'Every event that waited, in order.' },
  {
    value: 'newest',
    name: 'Newest',
    description: 'The newest event of each call; the others are superseded.',
  },
  { value: 'none', name: 'None', description: 'None: they are discarded, and stay in the log.' },
] as const;

type Resume = (typeof choices)[number]['value'];

/** Resumes a webhook, with what happens to the events that waited. */
export function ResumeDialog({ webhook, onClose }: { webhook: OutgoingJson; onClose(): void }) {
  const [resume, setResume] = useState<Resume>('all');
  const change = useChangeOutgoing(webhook.id);
  const toast = useToast();
  return (
    <Dialog
      title={`Resume ${webhook.name}`}
      description={`${pendingWords(webhook)} ${webhook.pending === 1 ? 'event' : 'events'} waited while it was paused.`}
      isOpen
      onClose={onClose}
    >
      <RadioCards<Resume>
        label="What is sent of them"
        name="resume"
        value={resume}
        choices={choices}
        onChange={(value) => setResume(value)}
      />
      <FailureNote error={change.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          isBusy={change.isPending}
          onClick={() =>
            change.mutate(
              { paused: false, resume },
              {
                onSuccess: () => {
                  toast.done('Resumed');
                  onClose();
                },
              },
            )
          }
        >
          Resume
        </Button>
      </DialogActions>
    </Dialog>
  );
}
