import { useEffect, useRef, useState } from 'react';
import { type Choice, SelectField, TextField } from '../field.tsx';
import { useUrlSearch } from './url-search.ts';

export type SelectFilterProps = {
  name: string;
  label: string;
  choices: readonly Choice[];
  /** one is chosen */
  onDone(): void;
};

/** By keyboard, one walks along the choices, each of which filters at once; Enter ends it. */
export function SelectFilter({ name, label, choices, onDone }: SelectFilterProps) {
  const { search, set } = useUrlSearch();
  const isWalking = useRef(false);
  return (
    <SelectField
      label={label}
      value={search[name] ?? ''}
      choices={[{ value: '', label: 'Any' }, ...choices]}
      onChange={(value) => {
        set({ [name]: value });
        if (!isWalking.current) onDone();
      }}
      onKeyDown={(event) => {
        const isOpening = event.altKey || event.key === 'Enter' || event.key === ' '; // the browser's own list
        if (event.key === 'Enter' && isWalking.current) {
          event.preventDefault();
          onDone();
        }
        isWalking.current = !isOpening;
      }}
    />
  );
}

export type TextFilterProps = {
  name: string;
  label: string;
  placeholder?: string;
  isLabelHidden?: boolean;
  /** Enter was pressed */
  onDone?(): void;
};

/**
 * Filters when the typing pauses; Enter does at once. What is typed is never overwritten. Leaving the field must not filter:
 * the page would move under a press of the mouse, which then misses the link that it was meant for.
 */
export function TextFilter({ name, label, placeholder, isLabelHidden, onDone }: TextFilterProps) {
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
      type="search"
      value={text}
      onChange={setText}
      {...(isLabelHidden && { isLabelHidden, isSmall: true })}
      {...(placeholder !== undefined && { placeholder })}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        send();
        onDone?.();
      }}
    />
  );
}

const typingPauseMs = 350;
