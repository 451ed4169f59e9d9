import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

/** Short news at the edge of the page. What needs an answer belongs into a dialog. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-20 left-4 z-20 flex flex-col gap-2 md:bottom-4 md:left-auto md:w-96">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg border border-line bg-surface p-3 pr-10 shadow-lg data-[type=failed]:border-danger"
    >
      <Toast.Content>
        <Toast.Title className="font-medium text-sm" />
        <Toast.Description className="text-muted text-sm" />
        <Toast.Close
          aria-label="Close"
          className="absolute top-2 right-2 rounded-md p-1 text-muted hover:bg-raised hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

export function useToast() {
  const { add } = Toast.useToastManager();
  return {
    done: (title: string) => void add({ title, timeout: 4_000 }),
    failed: (title: string, error: Error) =>
      void add({ title, description: error.message, type: 'failed', timeout: 10_000, priority: 'high' }),
  };
}
