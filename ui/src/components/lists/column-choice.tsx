import { Popover } from '@base-ui/react/popover';
import { Columns3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonStyle } from '../button.tsx';
import { useHiddenColumns } from './hidden-columns.ts';

export type ColumnChoiceProps = {
  /** the `id` of the table */
  tableId: string;
  columns: readonly { id: string; header: ReactNode; isFixed?: boolean; isHiddenAtFirst?: boolean }[];
};

/** The choice of the columns that a table shows. */
export function ColumnChoice({ tableId, columns }: ColumnChoiceProps) {
  const { visibility, setVisible } = useHiddenColumns(tableId, columns);
  return (
    <Popover.Root>
      <Popover.Trigger className={`${buttonStyle()} max-md:hidden`}>
        <Columns3 aria-hidden className="size-4" />
        Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={6} className="z-20">
          <Popover.Popup className="max-h-[min(32rem,var(--available-height))] min-w-48 overflow-y-auto rounded-lg border border-line bg-surface p-2 shadow-lg">
            <Popover.Title className="sr-only">Columns</Popover.Title>
            {columns
              .filter((column) => column.isFixed !== true)
              .map(({ id, header }) => (
                <label
                  key={id}
                  className="flex items-center gap-2 rounded-md px-2 py-1 text-sm hover:bg-raised"
                >
                  <input
                    type="checkbox"
                    checked={visibility[id] ?? true}
                    onChange={(event) => setVisible(id, event.target.checked)}
                  />
                  {header}
                </label>
              ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
