import { Tabs as Base } from '@base-ui/react/tabs';
import { type ReactNode, Suspense } from 'react';
import { TableSkeleton } from '../states/skeleton.tsx';

type Tab = { id: string; name: string; content: ReactNode };

export type TabsProps = {
  label: string;
  tabs: readonly Tab[];
  /** the tab that is open; pages keep it in the address */
  open: string;
  onOpen(id: string): void;
};

/** Arrow keys walk along the tabs; a tab's content is there while it is open. */
export function Tabs({ label, tabs, open, onOpen }: TabsProps) {
  return (
    <Base.Root value={open} onValueChange={(id: string) => onOpen(id)}>
      <Base.List aria-label={label} className="mb-5 flex flex-wrap gap-x-1 border-line border-b">
        {tabs.map(({ id, name }) => (
          <Base.Tab
            key={id}
            value={id}
            className="-mb-px whitespace-nowrap border-transparent border-b-2 px-2.5 py-2 font-medium text-muted text-sm -outline-offset-2 hover:text-ink data-active:border-accent data-active:text-accent"
          >
            {name}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(({ id, content }) => (
        <Base.Panel key={id} value={id} className="outline-offset-4">
          <Suspense fallback={<TableSkeleton />}>{content}</Suspense>
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
