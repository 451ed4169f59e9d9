import { X } from 'lucide-react';
import { useState } from 'react';
import { type NameKind, useNames } from '../../../api/calls/names.ts';
import { Combobox } from '../../../components/forms/combobox.tsx';

export type NameListProps = {
  label: string;
  kind: NameKind;
  value: string[];
  onChange(names: string[]): void;
};

/** Several names of campaigns, publishers or buyers; none of them means all. */
export function NameList({ label, kind, value, onChange }: NameListProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const { data } = useNames(kind, typed ?? '', typed !== null);
  const text = typed?.trim() ?? '';
  const known = (data?.items ?? []).filter((name) => !value.includes(name));
  // A name that no call has yet can be chosen, too.
  const items = text === '' || known.includes(text) || value.includes(text) ? known : [...known, text];
  return (
    <div className="min-w-0">
      <Combobox
        key={value.length}
        label={label}
        placeholder={value.length === 0 ? 'All' : 'Add another'}
        value={null}
        items={items}
        empty="No such name yet"
        onSearch={setTyped}
        onChoose={(name) => {
          if (name !== null) onChange([...value, name]);
        }}
      />
      {value.length > 0 && (
        <ul aria-label={`Chosen: ${label}`} className="mt-1.5 flex flex-wrap gap-1.5">
          {value.map((name) => (
            <li
              key={name}
              className="flex max-w-full items-center gap-1 rounded-full bg-raised py-0.5 pr-1 pl-2.5 text-sm"
            >
              <bdi className="truncate">{name}</bdi>
              <button
                type="button"
                aria-label={`Remove ${name}`}
                className="rounded-full p-0.5 text-muted hover:text-ink"
                onClick={() => onChange(value.filter((one) => one !== name))}
              >
                <X aria-hidden className="size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
