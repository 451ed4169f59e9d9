import { Popover } from '@base-ui/react/popover';
import { Plus, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, buttonStyle } from '../button.tsx';
import type { Choice } from '../field.tsx';
import { SelectFilter, TextFilter, type TextFilterProps } from './filters.tsx';
import { useUrlSearch } from './url-search.ts';

export type ChipFilter = {
  /** its parameter in the address */
  name: string;
  label: string;
  /** the field that sets it */
  editor: ReactNode;
  /** how a value is shown; as it is, if left out */
  show?(value: string): string;
  /** a value is chosen at once and not typed: that closes the popover */
  isChoice?: boolean;
};

/** A filter by one of several values. */
export function choiceFilter(name: string, label: string, choices: readonly Choice[]): ChipFilter {
  return {
    name,
    label,
    editor: <SelectFilter name={name} label={label} choices={choices} />,
    show: (value) => choices.find((one) => one.value === value)?.label ?? value,
    isChoice: true,
  };
}

/** A filter by what is typed. */
export function textFilter(
  name: string,
  label: string,
  field: Pick<TextFilterProps, 'placeholder'> = {},
): ChipFilter {
  return { name, label, editor: <TextFilter name={name} label={label} {...field} /> };
}

/** Filters that are set, each as a chip, and a button that adds another one. */
export function FilterChips({ filters }: { filters: readonly ChipFilter[] }) {
  const { search, set } = useUrlSearch();
  const isSet = ({ name }: ChipFilter) => search[name] !== undefined;
  const names = filters.filter(isSet).map(({ name }) => name);
  return (
    <>
      {filters.filter(isSet).map((filter) => (
        <Chip key={filter.name} filter={filter} />
      ))}
      <AddFilter filters={filters.filter((filter) => !isSet(filter))} />
      {names.length > 1 && (
        <Button
          look="quiet"
          size="small"
          onClick={() => set(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          Clear filters
        </Button>
      )}
    </>
  );
}

function Chip({ filter }: { filter: ChipFilter }) {
  const { name, label, editor, show, isChoice } = filter;
  const { search, set } = useUrlSearch();
  const [isOpen, setOpen] = useState(false);
  const value = search[name] ?? '';
  useEffect(() => {
    if (isChoice && value !== '') setOpen(false);
  }, [isChoice, value]);
  return (
    <span className="inline-flex max-w-full items-center rounded-md border border-line-strong/50 bg-surface text-sm">
      <Popover.Root open={isOpen} onOpenChange={setOpen}>
        <Popover.Trigger className="h-7.5 min-w-0 truncate rounded-l-md pr-1.5 pl-2.5 hover:bg-raised">
          <span className="text-muted">{label}: </span>
          <bdi className="font-medium">{show?.(value) ?? value}</bdi>
        </Popover.Trigger>
        <EditorPopup label={`Filter by ${label}`}>{editor}</EditorPopup>
      </Popover.Root>
      <button
        type="button"
        aria-label={`Remove the filter ${label}`}
        className="flex h-7.5 items-center rounded-r-md px-1.5 text-muted hover:bg-raised hover:text-ink"
        onClick={() => set({ [name]: undefined })}
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}

/** First which filter, then its value, in one popover. */
function AddFilter({ filters }: { filters: readonly ChipFilter[] }) {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<ChipFilter | null>(null);
  // A filter that has got its value is shown as a chip, and no longer offered here.
  const isDone = chosen?.isChoice === true && !filters.some(({ name }) => name === chosen.name);
  useEffect(() => {
    if (isDone) setOpen(false);
  }, [isDone]);
  if (filters.length === 0 && !isOpen) return null; // while it is open, one may still type
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open);
        if (open) setChosen(null);
      }}
    >
      <Popover.Trigger className={buttonStyle('secondary', 'small')}>
        <Plus aria-hidden className="size-4" />
        Filter
      </Popover.Trigger>
      <EditorPopup label={chosen === null ? 'Filters' : `Filter by ${chosen.label}`}>
        {chosen === null ? (
          <ul className="-m-1.5 min-w-44">
            {filters.map((filter) => (
              <li key={filter.name}>
                <button
                  type="button"
                  className="w-full rounded-md px-2.5 py-1.5 text-left text-sm hover:bg-raised"
                  onClick={() => setChosen(filter)}
                >
                  {filter.label}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          chosen.editor
        )}
      </EditorPopup>
    </Popover.Root>
  );
}

function EditorPopup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover.Portal>
      <Popover.Positioner side="bottom" align="start" sideOffset={6} className="z-20">
        <Popover.Popup className="max-h-(--available-height) min-w-48 max-w-(--available-width) overflow-y-auto rounded-lg border border-line bg-surface p-3 shadow-lg">
          <Popover.Title className="sr-only">{label}</Popover.Title>
          {children}
        </Popover.Popup>
      </Popover.Positioner>
    </Popover.Portal>
  );
}
