import { SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '../button.tsx';
import { type Choice, SelectField, TextField } from '../field.tsx';
import { useUrlSearch } from './url-search.ts';

export type FiltersProps = {
  /** those that "Clear filters" removes */
  names: readonly string[];
  /** the one that a phone shows; the others are behind a button there */
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
  isLabelHidden?: boolean;
};

/**
 * Filters when the typing pauses; Enter does at once. What is typed is never overwritten. Leaving the field must not filter:
 * the page would move under a press of the mouse, which then misses the link that it was meant for.
 */
export function TextFilter({ name, label, placeholder, type = 'search', isLabelHidden }: TextFilterProps) {
  const { search, set } = useUrlSearch();
  const inUrl = search[name] ?? '';
  const [text, setText] = useState(inUrl);
  /** values on their way to the address, oldest first: when one of them arrives, more may have been typed */
  const sent = useRef<string[]>([]);
  useEffect(() => {
    const at = sent.current.indexOf(inUrl);
    sent.current = at === -1 ? [] : sent.current.slice(at + 1);
    if (at === -1) setText(inUrl);
  }, [inUrl]);
  const send = () => {
    const value = text.trim();
    if (value === (sent.current.at(-1) ?? inUrl)) return;
    sent.current.push(value);
    set({ [name]: value });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: this waits for a pause in typing only
  useEffect(() => {
    const timer = window.setTimeout(send, typingPauseMs);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <TextField
      label={label}
      type={type}
      // the field of a day shows the day of an instant, too
      value={type === 'date' ? text.slice(0, 10) : text}
      onChange={setText}
      {...(isLabelHidden && { isLabelHidden })}
      {...(placeholder !== undefined && { placeholder })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') send();
      }}
    />
  );
}

const typingPauseMs = 350;
