import { Popover } from '@base-ui/react/popover';
import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, Suspense, startTransition, useState } from 'react';
import { Button, buttonStyle } from '../button.tsx';
import type { Choice } from '../field.tsx';
import { Skeleton } from '../states/skeleton.tsx';
import { SelectFilter, TextFilter, type TextFilterProps } from './filters.tsx';
import { useUrlSearch } from './url-search.ts';

export type ChipFilter = {
  /** its parameter in the address */
  name: string;
  label: string;
  /** the field that sets it; `onDone` closes the popover that it is in */
  editor(onDone: () => void): ReactNode;
  /** how a value is shown; as it is, if left out */
  show?(value: string): string;
};

/** A filter by one of several values. */
export function choiceFilter(name: string, label: string, choices: readonly Choice[]): ChipFilter {
  return {
    name,
    label,
    editor: (onDone) => <SelectFilter {...{ name, label, choices, onDone }} />,
    show: (value) => choices.find((one) => one.value === value)?.label ?? value,
  };
}

/** A filter by what is typed. */
export function textFilter(
  name: string,
  label: string,
  field: Pick<TextFilterProps, 'placeholder'> = {},
): ChipFilter {
  return { name, label, editor: (onDone) => <TextFilter {...{ name, label, onDone, ...field }} /> };
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
      <AddFilter filters={filters} isSet={isSet} />
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
  const { name, label, show } = filter;
  const { search, set } = useUrlSearch();
  const [isOpen, setOpen] = useState(false);
  const value = search[name] ?? '';
  return (
    <span className="inline-flex max-w-full items-center rounded-md border border-line-strong/50 bg-surface text-sm">
      <Popover.Root open={isOpen} onOpenChange={setOpen}>
        <Popover.Trigger className="h-7.5 min-w-0 truncate rounded-l-md pr-1.5 pl-2.5 hover:bg-raised">
          <span className="text-muted">{label}: </span>
          <bdi className="font-medium">{show?.(value) ?? value}</bdi>
        </Popover.Trigger>
        <FilterPopup label={`Filter by ${label}`}>
          <Editor filter={filter} onDone={() => setOpen(false)} />
        </FilterPopup>
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

type AddFilterProps = { filters: readonly ChipFilter[]; isSet(filter: ChipFilter): boolean };

/** First which filter, then its value, in one popover. */
function AddFilter({ filters, isSet }: AddFilterProps) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState<string | null>(null);
  const chosen = filters.find((filter) => filter.name === name);
  const unset = filters.filter((filter) => !isSet(filter));
  if (unset.length === 0 && !isOpen) return null; // while it is open, one may still type
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open);
        if (open) setName(null);
      }}
    >
      <Popover.Trigger className={buttonStyle('secondary', 'small')}>
        <Plus aria-hidden className="size-4" />
        Filter
      </Popover.Trigger>
      <FilterPopup label={chosen === undefined ? 'Filters' : `Filter by ${chosen.label}`}>
        {chosen === undefined ? (
          <ul className="-m-1.5 min-w-44" onKeyDown={walk}>
            {unset.map((filter) => (
              <li key={filter.name}>
                <button
                  type="button"
                  className="w-full rounded-md px-2.5 py-1.5 text-left text-sm hover:bg-raised"
                  // The list stays until the field is loaded: the focus goes from one to the other, and never to the page.
                  onClick={() => startTransition(() => setName(filter.name))}
                >
                  {filter.label}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <Editor filter={chosen} onDone={() => setOpen(false)} />
        )}
      </FilterPopup>
    </Popover.Root>
  );
}

/** Arrow keys walk along the filters, as in a menu. */
function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  buttons.at((at + step) % buttons.length)?.focus();
}

function FilterPopup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover.Portal>
      <Popover.Positioner side="bottom" align="start" sideOffset={6} className="z-20">
        <Popover.Popup className="max-h-(--available-height) min-w-48 max-w-(--available-width) overflow-y-auto rounded-lg border border-line bg-surface p-3 shadow-lg">
          <Popover.Title className="sr-only">{label}</Popover.Title>
          <Suspense fallback={<Skeleton className="h-14 w-44" />}>{children}</Suspense>
        </Popover.Popup>
      </Popover.Positioner>
    </Popover.Portal>
  );
}

/** The field of a filter. It has the focus as soon as it is there, so that one can type. */
function Editor({ filter, onDone }: { filter: ChipFilter; onDone(): void }) {
  return <div ref={focusField}>{filter.editor(onDone)}</div>;
}

/** Before it has its place the page would scroll to it. */
const focusField = (place: HTMLElement | null) =>
  place?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true });
