import { useState } from 'react';
import { type PresetJson, usePresets } from '../../../api/webhooks/presets.ts';
import { Combobox } from '../../../components/forms/combobox.tsx';

export type PlatformFieldProps = { value: PresetJson | null; onChange(preset: PresetJson | null): void };

/** Which platform sends. Nothing chosen is a custom sender. */
export function PlatformField({ value, onChange }: PlatformFieldProps) {
  const presets = usePresets();
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const found = presets.filter(({ title, name, family }) =>
    `${title} ${name} ${family}`.toLowerCase().includes(words),
  );
  return (
    <div>
      <Combobox
        label="Platform"
        placeholder="Custom sender: search for Twilio, Ringba, Everflow…"
        value={value?.title ?? null}
        items={found.map(({ title }) => title)}
        empty="No platform of this name. Leave it empty for a custom sender: a mapping reads any names."
        onChoose={(title) => onChange(presets.find((preset) => preset.title === title) ?? null)}
        onSearch={setSearch}
      />
      <p className="mt-1 text-muted text-xs">
        {value === null
          ? 'Leave it empty for a custom sender. You can map its names and words afterwards.'
          : 'Ringback reads the names and words of this platform. After creation, it shows what to paste there.'}
      </p>
    </div>
  );
}
