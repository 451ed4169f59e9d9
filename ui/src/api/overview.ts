import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  ActivityJson,
  AttentionItemJson,
  attentionJson,
} from '../../../src/http/operator/overview/overview-schemas.ts';
import type { CallReportJson } from '../../../src/http/operator/overview/report-schemas.ts';
import { request } from './request.ts';

export type { ActivityJson, AttentionItemJson, CallReportJson };

/** Beside the live updates: minutes pass also where nothing happens. */
const activityMs = 5_000;
const attentionMs = 60_000;
const reportMs = 30_000;

const activityQuery = queryOptions({
  queryKey: ['overview', 'activity'],
  queryFn: ({ signal }) => request<ActivityJson>('/overview/activity', { signal }),
  refetchInterval: activityMs,
});

export function useActivity() {
  return useQuery(activityQuery);
}

export const attentionQuery = queryOptions({
  queryKey: ['overview', 'attention'],
  queryFn: ({ signal }) => request<Static<typeof attentionJson>>('/overview/attention', { signal }),
  refetchInterval: attentionMs,
});

export function useAttention() {
  return useQuery(attentionQuery);
}

/** Says that what needs attention was seen, or shows it again. */
export function useAcknowledge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, isSeen }: { id: string; isSeen: boolean }) =>
      isSeen
        ? request<void>('/overview/acknowledgements', { method: 'POST', body: { id } })
        : request<void>(`/overview/acknowledgements/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: attentionQuery.queryKey }),
  });
}

export type ReportQuery = {
  by: string;
  from: string;
  to: string;
  limit?: number;
  order?: string;
  publisher?: string;
};

const reportQuery = (query: ReportQuery) =>
  queryOptions({
    queryKey: ['overview', 'report', query],
    queryFn: ({ signal }) => request<CallReportJson>('/reports/calls', { query, signal }),
    refetchInterval: reportMs,
    placeholderData: keepPreviousData,
  });

/** Revenue and payouts. @param query dates of the account's time zone, the last one included */
export function useReport(query: ReportQuery) {
  return useQuery(reportQuery(query));
}
