import type { UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ConfirmDialog } from '../../components/dialogs/confirm-dialog.tsx';
import { useToast } from '../../components/toast.tsx';

export type DeleteWebhookDialogProps = {
  name: string;
  remove: UseMutationResult<unknown, Error, void>;
  /** the list that it was in */
  list: '/webhooks/incoming' | '/webhooks/outgoing';
  isOpen: boolean;
  onClose(): void;
  /** what is lost, and what stays */
  children: ReactNode;
};

/** Asks for the webhook's name before it is deleted, incoming or outgoing. */
export function DeleteWebhookDialog(props: DeleteWebhookDialogProps) {
  const { name, remove, list, isOpen, onClose, children } = props;
  const toast = useToast();
  const navigate = useNavigate();
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: async () => {
        await navigate({ to: list });
        toast.done(`${name} is deleted`);
      },
    });
  return (
    <ConfirmDialog
      title="Delete this webhook?"
      action="Delete webhook"
      typed={name}
      isOpen={isOpen}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      {children}
    </ConfirmDialog>
  );
}
