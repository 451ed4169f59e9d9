import { KeyRound, Pause, Play, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type OutgoingJson, useChangeOutgoing, useDeleteOutgoing } from '../../api/webhooks/outgoing.ts';
import { Button } from '../../components/button.tsx';
import { MoreMenu } from '../../components/menus/more-menu.tsx';
import { useToast } from '../../components/toast.tsx';
import { DeleteWebhookDialog } from '../webhooks/delete-webhook-dialog.tsx';

const ResumeDialog = lazy(async () => ({ default: (await import('./resume-dialog.tsx')).ResumeDialog }));
const RotateSecretDialog = lazy(async () => ({
  default: (await import('./rotate-secret-dialog.tsx')).RotateSecretDialog,
}));

/** Pause and resume, a new secret, and the end. */
export function OutgoingActions({ webhook }: { webhook: OutgoingJson }) {
  const { id, name, paused } = webhook;
  const [open, setOpen] = useState<'resume' | 'rotate' | 'delete' | null>(null);
  const close = () => setOpen(null);
  const toast = useToast();
  const change = useChangeOutgoing(id);
  const remove = useDeleteOutgoing(id);
  const mayChange = useMay('change_webhooks');
  if (!mayChange) return null;
  const pause = () =>
    change.mutate(
      { paused: true },
      {
        onSuccess: () => toast.done('Paused: events are stored until it is resumed'),
        onError: (error) => toast.failed('Nothing was changed', error),
      },
    );
  return (
    <>
      {paused ? (
        <Button icon={Play} onClick={() => setOpen('resume')}>
          Resume
        </Button>
      ) : (
        <Button icon={Pause} onClick={pause} isBusy={change.isPending}>
          Pause
        </Button>
      )}
      <Button icon={KeyRound} onClick={() => setOpen('rotate')}>
        Rotate secret
      </Button>
      <MoreMenu
        actions={[{ label: 'Delete…', icon: Trash2, isDestructive: true, run: () => setOpen('delete') }]}
      />
      <Suspense>
        {open === 'resume' && <ResumeDialog webhook={webhook} onClose={close} />}
        {open === 'rotate' && <RotateSecretDialog webhook={webhook} onClose={close} />}
      </Suspense>
      <DeleteWebhookDialog
        name={name}
        remove={remove}
        list="/webhooks/outgoing"
        isOpen={open === 'delete'}
        onClose={close}
      >
        <p>Nothing more is sent to it, and what is pending is discarded. This cannot be undone.</p>
        <p className="text-muted">Its deliveries stay in the log.</p>
      </DeleteWebhookDialog>
    </>
  );
}
