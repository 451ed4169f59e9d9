import { lazy, Suspense } from 'react';
import type { NameKind } from '../../../api/calls/names.ts';
import type { ChipFilter } from '../../../components/lists/filter-chips.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { Skeleton } from '../../../components/states/skeleton.tsx';

/** A list shows its rows before one may want to narrow it by a name. */
const NameField = lazy(async () => ({ default: (await import('./name-field.tsx')).NameField }));

type PartnerProps = { name: string; label: string; kind: NameKind };

/** A filter by a name that calls are booked on. */
export function partnerFilter(name: string, label: string, kind: NameKind): ChipFilter {
  return { name, label, editor: <PartnerField {...{ name, label, kind }} />, isChoice: true };
}

function PartnerField({ name, label, kind }: PartnerProps) {
  const { search, set } = useUrlSearch();
  return (
    <Suspense fallback={<Skeleton className="h-14 w-44" />}>
      <NameField
        {...{ kind, label }}
        value={search[name] ?? null}
        onChoose={(chosen) => set({ [name]: chosen ?? undefined })}
      />
    </Suspense>
  );
}
