import { Popover } from '@base-ui/react/popover';
import { Columns3 } from 'lucide-react';
import { buttonStyle } from './button.tsx';

export type ColumnChoiceProps = {
  columns: readonly { id: string; header: string; isFixed?: boolean }[];
  visibility: Record<string, boolean>;
  onChange(columnId: string, isVisible: boolean): void;
};

export function ColumnChoice({ columns, visibility, onChange }: ColumnChoiceProps) {
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonStyle('secondary', 'small')}>
        <Columns3 aria-hidden className="size-4" />
        Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={6} className="z-20">
          <Popover.Popup className="max-h-[min(28rem,var(--available-height))] min-w-48 overflow-y-auto rounded-lg border border-line bg-surface p-2 shadow-lg">
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
                    onChange={(event) => onChange(id, event.target.checked)}
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
