import { type ReactNode, useState } from 'react';
import { TextField } from '../field.tsx';
import { Form } from '../forms/form.tsx';
import { FailureNote } from '../states/error-state.tsx';
import { Dialog, FormActions } from './dialog.tsx';

export type ConfirmDialogProps = {
  title: string;
  /** what will happen, and what will not */
  children: ReactNode;
  /** what the button says */
  action: string;
  /** must be typed before the button is enabled; without it, a click is enough */
  typed?: string;
  isOpen: boolean;
  isBusy: boolean;
  error: Error | null;
  onConfirm(): void;
  onClose(): void;
};

/** Asks before an action that cannot be undone. With `typed`, the name of what is removed must be typed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, typed, isOpen, isBusy, error, onConfirm, onClose } = props;
  const [text, setText] = useState('');
  const isConfirmed = typed === undefined || text.trim() === typed.trim();
  const close = () => {
    setText('');
    onClose();
  };
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close}>
      <Form
        error={error}
        onSubmit={() => {
          if (isConfirmed) onConfirm();
        }}
      >
        <div className="space-y-2 text-sm">{children}</div>
        {typed !== undefined && (
          <div className="mt-4">
            <TextField
              label={
                <>
                  Type <bdi className="rounded-sm bg-raised px-1 font-mono text-xs">{typed}</bdi> to confirm
                </>
              }
              value={text}
              onChange={setText}
              autoComplete="off"
              spellCheck={false}
            />
          </div>
        )}
        <FailureNote error={error} />
        <FormActions onCancel={close} look="danger" isBusy={isBusy} disabled={!isConfirmed}>
          {action}
        </FormActions>
      </Form>
    </Dialog>
  );
}
