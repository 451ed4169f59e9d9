import { useState } from 'react';
import { callFilterNames, isDay } from '../../api/calls.ts';
import { type NameKind, useNames } from '../../api/names.ts';
import { Combobox } from '../../components/combobox.tsx';
import { TextField } from '../../components/field.tsx';
import { Filters, SelectFilter, TextFilter } from '../../components/filters.tsx';
import { useUrlSearch } from '../../components/url-search.ts';

export function CallFilterBar() {
  return (
    <Filters
      names={callFilterNames}
      first={{
        name: 'q',
        filter: (
          <div className="md:w-60">
            <TextFilter name="q" label="Search" placeholder="Call id, number or a whole name" />
          </div>
        ),
      }}
    >
      <div className={narrow}>
        <SelectFilter name="state" label="State" choices={states} />
      </div>
      <div className={narrow}>
        <SelectFilter name="converted" label="Converted" choices={yesNo} />
      </div>
      <div className={narrow}>
        <SelectFilter name="payout_status" label="Payout" choices={payouts} />
      </div>
      <NameFilter name="campaign" kind="campaigns" label="Campaign" />
      <NameFilter name="publisher" kind="publishers" label="Publisher" />
      <NameFilter name="buyer" kind="buyers" label="Buyer" />
      <div className={wide}>
        <TextFilter name="phone_number" label="Caller" placeholder="Phone number" />
      </div>
      <div className={wide}>
        <TextFilter name="tag" label="Tag" placeholder="key or key:value" />
      </div>
      <DayFilter name="from" label="From" />
      <DayFilter name="to" label="To" />
    </Filters>
  );
}

/** Where there is room for more than two beside each other. */
const narrow = 'min-w-0 md:w-28';
const wide = 'min-w-0 md:w-36';
const states = [
  { value: 'live', label: 'Live' },
  { value: 'completed', label: 'Completed' },
];
const yesNo = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];
const payouts = [
  { value: 'owed', label: 'Owed' },
  { value: 'held', label: 'Held' },
  { value: 'pending', label: 'Pending' },
  { value: 'none', label: 'No amount' },
];

/** Offers the names that there are: the server finds whole names only. */
function NameFilter({ name, kind, label }: { name: string; kind: NameKind; label: string }) {
  const { search, set } = useUrlSearch();
  const [typed, setTyped] = useState<string | null>(null);
  const { data, isFetching } = useNames(kind, typed ?? '', typed !== null);
  return (
    <div className={wide}>
      <Combobox
        label={label}
        placeholder="Any"
        value={search[name] ?? null}
        items={data?.items ?? []}
        empty={isFetching ? 'Looking…' : `No ${label.toLowerCase()} has this in its name`}
        onChoose={(chosen) => set({ [name]: chosen ?? undefined })}
        onSearch={setTyped}
      />
    </div>
  );
}

/** A day, from its beginning or to its end. An instant that another page has linked to stays until a day is chosen. */
function DayFilter({ name, label }: { name: string; label: string }) {
  const { search, set } = useUrlSearch();
  const value = search[name];
  return (
    <div className={wide}>
      <TextField
        type="date"
        label={label}
        value={isDay(value) ? (value ?? '') : (value?.slice(0, 10) ?? '')}
        onChange={(day) => set({ [name]: day })}
      />
    </div>
  );
}
