import { Combobox as Base } from '@base-ui/react/combobox';
import { ChevronDown, X } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { controlStyle } from '../field.tsx';

export type ComboboxProps = {
  label: string;
  placeholder?: string;
  /** null: nothing is chosen */
  value: string | null;
  /** what there is to choose from, for the text that was typed last */
  items: readonly string[];
  /** items for what was typed are on their way */
  isLoading?: boolean;
  /** shown in place of a list without items */
  empty: string;
  /** how an item is shown; as it is, if left out */
  show?(item: string): string;
  hint?: string;
  /** one is always chosen: it cannot be cleared */
  isRequired?: boolean;
  onChoose(value: string | null): void;
  /** gets what is typed, and an empty text when the list opens in another way */
  onSearch(text: string): void;
};

/**
 * One text out of many that are looked up while one types. A whole one that is typed is chosen when one leaves the field,
 * also where the list comes later; anything else that is not chosen is dropped.
 */
export function Combobox(props: ComboboxProps) {
  const {
    label,
    placeholder,
    value,
    items,
    empty,
    hint,
    isRequired = false,
    isLoading = false,
    onChoose,
    onSearch,
  } = props;
  const show = props.show ?? ((item: string) => item);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [awaited, setAwaited] = useState<string | null>(null);
  const meant = (text: string) => items.find((item) => sameText(item, text) || sameText(show(item), text));
  const take = (text: string) => {
    const item = meant(text);
    if (item !== undefined) onChoose(item);
    setAwaited(item === undefined && isLoading && text.trim() !== '' ? text : null);
    setTyped('');
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the list has come
  useEffect(() => {
    if (awaited !== null && !isLoading) take(awaited);
  }, [awaited, isLoading, items]);
  const known = value === null || items.includes(value) ? items : [...items, value];
  return (
    <Base.Root
      items={known}
      filteredItems={items}
      filter={null}
      value={value}
      itemToStringLabel={show}
      onValueChange={(chosen: string | null) => {
        setTyped('');
        if (chosen !== null || !isRequired) onChoose(chosen);
      }}
      onOpenChange={(isOpen, { reason }) => {
        // Typing opens the list, too, and has told what it searches for.
        if (isOpen && reason !== 'input-change') onSearch('');
      }}
      onInputValueChange={(text, { reason }) => {
        if (reason !== 'input-change' && reason !== 'input-clear') return;
        setTyped(text);
        onSearch(text);
      }}
    >
      <div className="min-w-0">
        <label htmlFor={id} className="mb-1 block font-medium text-sm">
          {label}
        </label>
        <Base.InputGroup className="relative">
          <Base.Input
            id={id}
            dir="auto"
            placeholder={placeholder}
            className={`${controlStyle} h-9 pr-8`}
            onFocus={({ currentTarget }) => currentTarget.select()}
            onClick={({ currentTarget }) => currentTarget.select()}
            onBlur={() => take(typed)}
            onKeyDown={(event) => {
              const { key, currentTarget } = event;
              if (key === 'Enter' && !currentTarget.hasAttribute('aria-activedescendant')) take(typed);
              // Escape closes the list, then what the field is in; the library would clear the value.
              if (key === 'Escape' && currentTarget.ariaExpanded !== 'true') event.preventBaseUIHandler();
            }}
          />
          {value === null || isRequired ? (
            <Base.Trigger aria-label={`Show ${label}`} className={iconStyle}>
              <ChevronDown aria-hidden className="size-4" />
            </Base.Trigger>
          ) : (
            <Base.Clear aria-label={`Clear ${label}`} className={iconStyle}>
              <X aria-hidden className="size-4" />
            </Base.Clear>
          )}
        </Base.InputGroup>
        {hint !== undefined && <p className="mt-1 text-muted text-xs">{hint}</p>}
      </div>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-20 outline-none">
          <Base.Popup className="max-h-[min(20rem,var(--available-height))] w-(--anchor-width) min-w-48 max-w-(--available-width) overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-lg">
            <Base.Empty className="px-2 text-muted text-sm empty:hidden [&:not(:empty)]:py-1.5">
              {empty}
            </Base.Empty>
            <Base.List>
              {(item: string) => (
                <Base.Item
                  key={item}
                  value={item}
                  className="cursor-pointer break-words rounded-md px-2 py-1.5 text-sm data-highlighted:bg-raised data-selected:font-medium data-selected:text-accent"
                >
                  <bdi>{show(item)}</bdi>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function sameText(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

const iconStyle =
  'absolute inset-y-0 right-0 flex w-8 items-center justify-center rounded-md text-muted hover:text-ink';
