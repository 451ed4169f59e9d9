import { useState } from 'react';
import { type NameKind, useNames } from '../../../api/calls/names.ts';
import { Combobox } from '../../../components/forms/combobox.tsx';

export type NameFieldProps = {
  kind: NameKind;
  label: string;
  value: string | null;
  onChoose(name: string | null): void;
};

/** A partner or campaign out of those that calls are booked on. */
export function NameField({ kind, label, value, onChoose }: NameFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const { data, isFetching } = useNames(kind, typed ?? '', typed !== null);
  return (
    <Combobox
      label={label}
      placeholder="Any"
      value={value}
      items={data?.items ?? []}
      isLoading={isFetching}
      empty={isFetching ? 'Looking…' : `No ${label.toLowerCase()} has this in its name`}
      onChoose={onChoose}
      onSearch={setTyped}
    />
  );
}
