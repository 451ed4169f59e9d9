import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  CallJson,
  dryRunJson,
  TimelineItemJson,
} from '../../../../src/http/operator/calls/call-schemas.ts';
import type { CallTotalsJson } from '../../../../src/http/operator/calls/lists/call-totals-schemas.ts';
import { basePath } from '../base-path.ts';
import { listQuery, useList } from '../queries.ts';
import { type Page, request, requestBlob } from '../request.ts';
import { saveFile } from '../save-file.ts';

/** The filters of the list, as the API takes them. */
export const callFilterNames = [
  'q',
  'state',
  'converted',
  'payout_status',
  'no_payout_reason',
  'campaign',
  'publisher',
  'buyer',
  'phone_number',
  'tag',
  'from',
  'to',
] as const;
export type CallFilters = { [Name in (typeof callFilterNames)[number]]?: string | undefined };

/** `searched_back_to`: the page is not full, because enough calls were looked at; the next one looks on. */
export type CallsPage = Page<CallJson> & { searched_back_to?: string };

const callsQuery = (filters: CallFilters, sort: string | undefined) => ({
  ...listQuery<CallJson, CallsPage>(['calls', 'list', filters, sort], '/calls', {
    ...filters,
    sort,
  }),
  placeholderData: keepPreviousData,
});

/** Asks for the list while the page that shows it is still on its way. */
export function startCalls(client: QueryClient, filters: CallFilters, sort: string | undefined): void {
  void client.prefetchInfiniteQuery(callsQuery(filters, sort));
}

/** @param sort as the API takes it; the latest first if left out */
export function useCalls(filters: CallFilters, sort?: string) {
  return useInfiniteQuery(callsQuery(filters, sort));
}

/** How much less often than one look takes, the totals are read again by themselves: of many calls, a look costs the server. */
const lookShareMax = 30;
const totalsMsMin = 5_000;

/** The sums of all calls that the filters mean. @param isWanted false: later, what is more urgent comes first */
export function useCallTotals(filters: CallFilters, isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ['call-totals', filters],
    queryFn: async ({ signal }) => {
      const startMs = performance.now();
      const totals = await request<CallTotalsJson>('/call-totals', { query: filters, signal });
      return { totals, tookMs: performance.now() - startMs };
    },
    refetchInterval: ({ state: { data } }) => Math.max(totalsMsMin, (data?.tookMs ?? 0) * lookShareMax),
    placeholderData: keepPreviousData,
  });
}

const foundShown = 6;

/** The newest calls that a search finds. */
export function useFoundCalls(q: string, isWanted: boolean) {
  return useQuery({
    queryKey: ['calls', 'found', q],
    queryFn: ({ signal }) => request<CallsPage>('/calls', { query: { q, limit: foundShown }, signal }),
    placeholderData: keepPreviousData,
    enabled: isWanted,
  });
}

const recentShown = 20;

/** The newest calls, to pick one from. */
export function useRecentCalls() {
  return useQuery({
    queryKey: ['calls', 'recent'],
    queryFn: ({ signal }) => request<CallsPage>('/calls', { query: { limit: recentShown }, signal }),
  });
}

/** Where the filtered list is a file. @param columns all of them if left out */
export function callsCsvUrl(filters: CallFilters, columns: readonly string[], hasBom: boolean): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  for (const column of columns) query.append('columns', column);
  if (hasBom) query.set('bom', 'true');
  return `${basePath}/api/v1/calls.csv?${query}`;
}

type SelectedExport = { ids: readonly string[]; columns: readonly string[]; hasBom: boolean };

/** Downloads the calls with these ids as a file: more of them than a URL can hold. */
export function useExportSelected() {
  return useMutation({
    mutationFn: async ({ ids, columns, hasBom }: SelectedExport) => {
      const body = JSON.stringify({ filter: { call_log_id: ids }, columns, bom: hasBom });
      const file = await requestBlob('/calls.csv', new Blob([body]), 'application/json');
      saveFile([file], `calls-${new Date().toISOString().slice(0, 10)}.csv`, 'text/csv');
    },
  });
}

const pathOf = (callLogId: string) => `/calls/${encodeURIComponent(callLogId)}`;

const callQuery = (callLogId: string) =>
  queryOptions({
    queryKey: ['calls', 'one', callLogId],
    queryFn: ({ signal }) => request<CallJson>(pathOf(callLogId), { signal }),
  });

export function useCall(callLogId: string) {
  return useQuery(callQuery(callLogId));
}

export type TimelineOrder = 'oldest' | 'newest';

/** @param order which item is the first */
export function useTimeline(callLogId: string, order: TimelineOrder) {
  return useList({
    ...listQuery<TimelineItemJson>(['calls', 'timeline', callLogId, order], `${pathOf(callLogId)}/timeline`, {
      order,
      limit: 500,
    }),
    placeholderData: keepPreviousData,
  });
}

/** What a change by hand would do. */
export type CallChangePreview = Static<typeof dryRunJson>;

/** Asks what a change would do, and does nothing. */
export function usePreviewChange(callLogId: string) {
  return useMutation({
    mutationFn: (body: object) =>
      request<CallChangePreview>(pathOf(callLogId), { method: 'PATCH', query: { dry_run: 'true' }, body }),
  });
}

export function useChangeCall(callLogId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: object) => request<CallJson>(pathOf(callLogId), { method: 'PATCH', body }),
    onSuccess: (call) => {
      client.setQueryData(callQuery(callLogId).queryKey, call);
      void client.invalidateQueries({ queryKey: ['calls'] });
      void client.invalidateQueries({ queryKey: ['call-totals'] });
    },
  });
}
