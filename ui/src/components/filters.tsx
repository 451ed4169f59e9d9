import { SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { type Choice, SelectField, TextField } from './field.tsx';
import { useUrlSearch } from './url-search.ts';

export type FiltersProps = {
  /** those that "Clear" takes away */
  names: readonly string[];
  /** one that a phone shows at once; the others wait there behind a button */
  first?: { name: string; filter: ReactNode };
  children: ReactNode;
};

/** The filters of a list, kept in the address. */
export function Filters({ names, first, children }: FiltersProps) {
  const { search, set } = useUrlSearch();
  const [isOpen, setOpen] = useState(false);
  const isAnySet = names.some((name) => search[name] !== undefined);
  const waiting = names.filter((name) => name !== first?.name && search[name] !== undefined).length;
  return (
    <search aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
      {first === undefined ? (
        children
      ) : (
        <>
          <div className="min-w-40 flex-1 md:contents">{first.filter}</div>
          <div className="md:hidden">
            <Button icon={SlidersHorizontal} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {waiting === 0 ? 'Filters' : `Filters (${waiting})`}
            </Button>
          </div>
          <div
            className={
              isOpen ? 'grid w-full grid-cols-2 items-end gap-3 md:contents' : 'max-md:hidden md:contents'
            }
          >
            {children}
          </div>
        </>
      )}
      {isAnySet && (
        <Button
          look="quiet"
          icon={X}
          onClick={() => set(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          Clear filters
        </Button>
      )}
    </search>
  );
}

export type SelectFilterProps = { name: string; label: string; choices: readonly Choice[] };

export function SelectFilter({ name, label, choices }: SelectFilterProps) {
  const { search, set } = useUrlSearch();
  return (
    <SelectField
      label={label}
      value={search[name] ?? ''}
      choices={[{ value: '', label: 'Any' }, ...choices]}
      onChange={(value) => set({ [name]: value })}
    />
  );
}

export type TextFilterProps = {
  name: string;
  label: string;
  placeholder?: string;
  type?: 'search' | 'text' | 'date' | 'datetime-local';
};

/** Filters when the typing pauses; Enter does at once. */
export function TextFilter({ name, label, placeholder, type = 'search' }: TextFilterProps) {
  const { search, set } = useUrlSearch();
  const inUrl = search[name] ?? '';
  const [text, setText] = useState(inUrl);
  useEffect(() => setText(inUrl), [inUrl]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a pause in typing is all that this waits for
  useEffect(() => {
    if (text.trim() === inUrl) return;
    const timer = window.setTimeout(() => set({ [name]: text.trim() }), typingPauseMs);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <TextField
      label={label}
      type={type}
      value={text}
      onChange={setText}
      {...(placeholder !== undefined && { placeholder })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') set({ [name]: text.trim() });
      }}
    />
  );
}

const typingPauseMs = 350;
