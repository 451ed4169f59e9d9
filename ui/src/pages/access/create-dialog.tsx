import type { UseMutationResult } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import { Dialog } from '../../components/dialogs/dialog.tsx';

export type CreateFormProps<Input> = {
  isBusy: boolean;
  error: Error | null;
  onCreate(input: Input): void;
  onCancel(): void;
};

export type CreateDialogProps<Input, Made> = {
  create: UseMutationResult<Made, Error, Input>;
  title: string;
  description?: string;
  Form: ComponentType<CreateFormProps<Input>>;
  madeTitle(made: Made): string;
  madeDescription?: string;
  isOpen: boolean;
  onClose(): void;
  /** what is shown only this once */
  children(made: Made, close: () => void): ReactNode;
};

/** Asks what to create; then shows the secret of what was made, this once. */
export function CreateDialog<Input, Made>(props: CreateDialogProps<Input, Made>) {
  const { create, title, description, Form, madeTitle, madeDescription, isOpen, onClose, children } = props;
  const made = create.data;
  const close = () => {
    create.reset();
    onClose();
  };
  return (
    <Dialog
      title={made === undefined ? title : madeTitle(made)}
      description={made === undefined ? description : madeDescription}
      isOpen={isOpen}
      isSticky={made !== undefined}
      onClose={close}
    >
      {made === undefined ? (
        <Form isBusy={create.isPending} error={create.error} onCreate={create.mutate} onCancel={close} />
      ) : (
        children(made, close)
      )}
    </Dialog>
  );
}
