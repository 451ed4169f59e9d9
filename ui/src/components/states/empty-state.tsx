import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export type EmptyStateProps = {
  icon: LucideIcon;
  title: string;
  /** what to do next */
  children: ReactNode;
  action?: ReactNode;
};

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="rounded-lg border border-line-strong/50 border-dashed bg-surface px-6 py-12 text-center">
      <Icon aria-hidden className="mx-auto size-8 text-muted" />
      <h2 className="mt-3 font-semibold">{title}</h2>
      <div className="mx-auto mt-1 max-w-prose text-muted text-sm">{children}</div>
      {action !== undefined && <div className="mt-5 flex justify-center gap-2">{action}</div>}
    </div>
  );
}
