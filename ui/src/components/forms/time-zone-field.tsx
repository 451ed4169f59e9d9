import { useMemo, useState } from 'react';
import { Combobox } from './combobox.tsx';
import { knownTimeZones, zoneLabel } from './time-zones.ts';

/** A time zone, found by a part of its name or by its offset. */
export function TimeZoneField({ value, onChange }: { value: string; onChange(timeZone: string): void }) {
  const [typed, setTyped] = useState('');
  const labels = useMemo(() => {
    const now = Date.now();
    return new Map(knownTimeZones(value).map((zone) => [zone, zoneLabel(zone, now)]));
  }, [value]);
  const part = searchable(typed);
  const items = [...labels].filter(([, label]) => searchable(label).includes(part)).map(([zone]) => zone);
  return (
    <Combobox
      label="Time zone"
      value={value}
      items={items}
      empty="No time zone has this in its name"
      show={(zone) => labels.get(zone) ?? zone}
      hint="For all times shown, for the days of reports, and for times sent without an offset"
      isRequired
      onChoose={(zone) => zone !== null && onChange(zone)}
      onSearch={setTyped}
    />
  );
}

/** A name is found with a space for its underscore, an offset with a hyphen for its minus. */
function searchable(text: string): string {
  return text.toLowerCase().replaceAll('_', ' ').replaceAll('−', '-').trim();
}
