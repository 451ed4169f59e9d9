import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useState } from 'react';
import { Button } from '../button.tsx';

export type DialogProps = {
  title: string;
  /** a sentence below the title */
  description?: ReactNode;
  isOpen: boolean;
  /** it holds what would be lost: a click beside it does nothing, Escape and the cross ask first */
  isSticky?: boolean;
  /** what would be lost, for that question */
  lost?: string;
  isWide?: boolean;
  onClose(): void;
  children: ReactNode;
};

/** A dialog over the page. It takes the focus, gives it back, and closes with Escape. */
export function Dialog(props: DialogProps) {
  const { title, description, isOpen, isSticky = false, lost, isWide, onClose, children } = props;
  const [isAsking, setAsking] = useState(false);
  useInertPage(isOpen);
  const close = () => {
    setAsking(false);
    onClose();
  };
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (open) return;
        if (isSticky) setAsking(true);
        else onClose();
      }}
      disablePointerDismissal={isSticky}
    >
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Viewport className={viewportStyle}>
          <Base.Popup className={`${popupStyle} ${isWide ? 'max-w-3xl' : 'max-w-lg'}`}>
            <Base.Title className="pr-9 font-semibold text-lg">{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className="mt-1 text-muted text-sm">{description}</Base.Description>
            )}
            <div className="mt-5">{children}</div>
            <Base.Close
              aria-label="Close"
              className="absolute top-4 right-4 rounded-md p-1.5 text-muted hover:bg-raised hover:text-ink"
            >
              <X aria-hidden className="size-4.5" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
        <CloseQuestion
          isOpen={isAsking && isOpen}
          lost={lost ?? 'What it shows is not shown again.'}
          onStay={() => setAsking(false)}
          onLeave={close}
        />
      </Base.Portal>
    </Base.Root>
  );
}

let openDialogs = 0;

/**
 * Keeps the focus out of the page behind a dialog. The library returns the focus to the dialog a frame after it left: a
 * second press of Tab within that frame would be in the page.
 */
function useInertPage(isOpen: boolean) {
  useLayoutEffect(() => {
    const page = document.getElementById('root');
    if (!isOpen || page === null) return;
    openDialogs += 1;
    page.inert = true;
    return () => {
      openDialogs -= 1;
      page.inert = openDialogs > 0;
    };
  }, [isOpen]);
}

const backdropStyle =
  'fixed inset-0 bg-backdrop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0';
const viewportStyle = 'fixed inset-0 flex items-start justify-center overflow-y-auto p-3 md:p-10';
const popupStyle =
  'relative w-full rounded-lg border border-line bg-surface p-5 shadow-xl transition-all duration-150 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0 md:p-6';

type CloseQuestionProps = { isOpen: boolean; lost: string; onStay(): void; onLeave(): void };

function CloseQuestion({ isOpen, lost, onStay, onLeave }: CloseQuestionProps) {
  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onStay();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop forceRender className={backdropStyle} />
        <AlertDialog.Viewport className={viewportStyle}>
          <AlertDialog.Popup className={`${popupStyle} mt-24 max-w-sm`}>
            <AlertDialog.Title className="font-semibold text-lg">Close without finishing?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-muted text-sm">{lost}</AlertDialog.Description>
            <DialogActions>
              <Button onClick={onLeave}>Close anyway</Button>
              <Button look="primary" onClick={onStay}>
                Stay
              </Button>
            </DialogActions>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The row of buttons at the end of a dialog; the one that goes on is the last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>;
}

/** The same where there is nothing left to do. */
export function DoneAction({ onDone }: { onDone(): void }) {
  return (
    <DialogActions>
      <Button look="primary" onClick={onDone}>
        Done
      </Button>
    </DialogActions>
  );
}

type FormActionsProps = {
  /** what the button that submits says */
  children: ReactNode;
  look?: 'primary' | 'danger';
  isBusy?: boolean;
  disabled?: boolean;
  onCancel(): void;
};

/** The same for a dialog that is a form. */
export function FormActions(props: FormActionsProps) {
  const { children, look = 'primary', isBusy = false, disabled = false, onCancel } = props;
  return (
    <DialogActions>
      <Button onClick={onCancel}>Cancel</Button>
      <Button type="submit" look={look} isBusy={isBusy} disabled={disabled}>
        {children}
      </Button>
    </DialogActions>
  );
}
