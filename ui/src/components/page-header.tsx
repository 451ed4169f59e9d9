import type { ReactNode } from 'react';

export type PageHeaderProps = {
  /** also the title of the browser's tab */
  title: string;
  /** above the title, such as a link back */
  above?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
};

export function PageHeader({ title, above, description, actions }: PageHeaderProps) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3 md:mb-5">
      <title>{`${title} · Ringback`}</title>
      <div className="min-w-0 flex-[1_1_16rem]">
        {above !== undefined && <div className="mb-1 text-muted text-sm">{above}</div>}
        <h1 className="break-words font-semibold text-2xl tracking-tight">
          <bdi>{title}</bdi>
        </h1>
        {description !== undefined && (
          <div className="mt-1 max-w-3xl text-pretty text-muted text-sm">{description}</div>
        )}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}
