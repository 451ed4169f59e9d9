import { KeyRound, Pause, Play, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useMay } from '../../api/session.ts';
import { useChangeWebhook, useDeleteWebhook } from '../../api/webhooks/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { type MoreAction, MoreMenu } from '../../components/menus/more-menu.tsx';
import { useToast } from '../../components/toast.tsx';
import { UndoPeriodDialog } from '../undo/undo-period-dialog.tsx';
import { DeleteWebhookDialog } from './delete-webhook-dialog.tsx';
import { RotateKeyDialog } from './settings/rotate-key-dialog.tsx';

/** Pause, a new key, undo, and the end. */
export function WebhookActions({ webhook }: { webhook: WebhookJson }) {
  const { id, name, paused } = webhook;
  const [open, setOpen] = useState<'rotate' | 'undo' | 'delete' | null>(null);
  const toast = useToast();
  const change = useChangeWebhook(id);
  const remove = useDeleteWebhook(id);
  const mayChange = useMay('change_webhooks');
  const mayUndo = useMay('change_calls');
  const togglePause = () =>
    change.mutate(
      { paused: !paused },
      {
        onSuccess: () =>
          toast.done(paused ? 'Resumed: postbacks are taken again' : 'Paused: postbacks are rejected'),
        onError: (error) => toast.failed('Nothing was changed', error),
      },
    );
  const undo: MoreAction = { label: 'Undo a period…', icon: Undo2, run: () => setOpen('undo') };
  const more: MoreAction[] = [
    ...(mayUndo && webhook.type !== 'calls' ? [undo] : []),
    { label: 'Delete…', icon: Trash2, isDestructive: true, run: () => setOpen('delete') },
  ];
  if (!mayChange) return null;
  return (
    <>
      <Button icon={paused ? Play : Pause} onClick={togglePause} isBusy={change.isPending}>
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button icon={KeyRound} onClick={() => setOpen('rotate')}>
        Rotate key
      </Button>
      <MoreMenu actions={more} />
      {open === 'undo' && <UndoPeriodDialog webhook={webhook} onClose={() => setOpen(null)} />}
      <RotateKeyDialog webhook={webhook} isOpen={open === 'rotate'} onClose={() => setOpen(null)} />
      <DeleteWebhookDialog
        name={name}
        remove={remove}
        list="/webhooks/incoming"
        isOpen={open === 'delete'}
        onClose={() => setOpen(null)}
      >
        <p>Its keys stop working at once, and its sender is rejected. This cannot be undone.</p>
        <p className="text-muted">Calls keep their values, and the log keeps its postbacks.</p>
      </DeleteWebhookDialog>
    </>
  );
}
