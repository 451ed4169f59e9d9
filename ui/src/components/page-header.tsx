import type { ReactNode } from 'react';

export type PageHeaderProps = {
  /** also the title of the browser's tab */
  title: string;
  /** what stands above the title, such as a link back */
  above?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
};

export function PageHeader({ title, above, description, actions }: PageHeaderProps) {
  return (
    <div className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <title>{`${title} · Ringback`}</title>
      <div className="min-w-0">
        {above !== undefined && <div className="mb-1 text-muted text-sm">{above}</div>}
        <h1 className="break-words font-semibold text-2xl tracking-tight">
          <bdi>{title}</bdi>
        </h1>
        {description !== undefined && <p className="mt-0.5 max-w-prose text-muted text-sm">{description}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
