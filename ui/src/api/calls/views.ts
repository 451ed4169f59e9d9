import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ViewJson } from '../../../../src/http/operator/views/view-schemas.ts';
import { useSend } from '../queries.ts';
import { type Page, request } from '../request.ts';

export type { ViewJson } from '../../../../src/http/operator/views/view-schemas.ts';

/** As many as a menu can show. */
const viewsMax = 500;

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: ({ signal }) => request<Page<ViewJson>>('/views', { query: { limit: viewsMax }, signal }),
  staleTime: 60_000,
});

/** The saved views of the account, by name. */
export function useViews(): readonly ViewJson[] {
  return useQuery(viewsQuery).data?.items ?? [];
}

export type ViewChange = Partial<Pick<ViewJson, 'name' | 'query'>>;

/** Saves a new view, or changes the one with this id. */
export function useSaveView() {
  return useSend(
    ({ id, ...body }: ViewChange & { id?: string }) =>
      id === undefined
        ? request<ViewJson>('/views', { method: 'POST', body })
        : request<ViewJson>(`/views/${id}`, { method: 'PATCH', body }),
    viewsQuery.queryKey,
  );
}

export function useDeleteView() {
  return useSend((id: string) => request<void>(`/views/${id}`, { method: 'DELETE' }), viewsQuery.queryKey);
}
