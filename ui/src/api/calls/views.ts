import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ViewJson } from '../../../../src/http/operator/views/view-schemas.ts';
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
  return useViewMutation(({ id, ...body }: ViewChange & { id?: string }) =>
    id === undefined
      ? request<ViewJson>('/views', { method: 'POST', body })
      : request<ViewJson>(`/views/${id}`, { method: 'PATCH', body }),
  );
}

export function useDeleteView() {
  return useViewMutation((id: string) => request<void>(`/views/${id}`, { method: 'DELETE' }));
}

/** The list is read anew before the mutation is done: what follows finds the view in it. */
function useViewMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: viewsQuery.queryKey }),
  });
}
