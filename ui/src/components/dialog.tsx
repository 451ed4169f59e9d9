import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

export type DialogProps = {
  title: string;
  /** a sentence below the title */
  description?: ReactNode;
  isOpen: boolean;
  /** for what has to be closed on purpose, a click beside it does nothing */
  isSticky?: boolean;
  isWide?: boolean;
  onClose(): void;
  children: ReactNode;
};

/** A dialog over the page. It takes the focus, gives it back, and closes with Escape. */
export function Dialog({ title, description, isOpen, isSticky, isWide, onClose, children }: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      disablePointerDismissal={isSticky === true}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 bg-backdrop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 flex items-start justify-center overflow-y-auto p-3 md:p-10">
          <Base.Popup
            className={`relative w-full rounded-lg border border-line bg-surface p-5 shadow-xl transition-all duration-150 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0 md:p-6 ${isWide ? 'max-w-3xl' : 'max-w-lg'}`}
          >
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
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of buttons that a dialog ends with; the one that goes on stands last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>;
}
