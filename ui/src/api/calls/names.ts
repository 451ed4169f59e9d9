import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { type Page, request } from '../request.ts';

export type NameKind = 'campaigns' | 'publishers' | 'buyers';

const namesQuery = (kind: NameKind, q: string) =>
  queryOptions({
    queryKey: ['names', kind, q],
    queryFn: ({ signal }) => request<Page<string>>(`/${kind}`, { query: { q, limit: 50 }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** The first names that calls are booked on and that hold this text. @param isWanted false asks nothing */
export function useNames(kind: NameKind, q: string, isWanted: boolean) {
  return useQuery({ ...namesQuery(kind, q), enabled: isWanted });
}
