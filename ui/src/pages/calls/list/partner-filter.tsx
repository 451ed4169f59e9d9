import { lazy } from 'react';
import type { NameKind } from '../../../api/calls/names.ts';
import type { ChipFilter } from '../../../components/lists/filter-chips.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';

/** A list shows its rows before one may want to narrow it by a name. */
const NameField = lazy(async () => ({ default: (await import('./name-field.tsx')).NameField }));

type PartnerProps = { name: string; label: string; kind: NameKind; onDone(): void };

/** A filter by a name that calls are booked on. */
export function partnerFilter(name: string, label: string, kind: NameKind): ChipFilter {
  return { name, label, editor: (onDone) => <PartnerField {...{ name, label, kind, onDone }} /> };
}

function PartnerField({ name, label, kind, onDone }: PartnerProps) {
  const { search, set } = useUrlSearch();
  return (
    <NameField
      {...{ kind, label }}
      value={search[name] ?? null}
      onChoose={(chosen) => {
        set({ [name]: chosen ?? undefined });
        if (chosen !== null) onDone();
      }}
    />
  );
}
