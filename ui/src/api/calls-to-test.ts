import { queryOptions, useQuery } from '@tanstack/react-query';
import type { CallJson } from '../../../src/http/api-types/calls.ts';
import { type Page, request } from './request.ts';

const shown = 20;

/** The newest calls, to pick one from. */
export function useRecentCalls() {
  return useQuery({
    queryKey: ['calls', 'recent'],
    queryFn: ({ signal }) => request<Page<CallJson>>('/calls', { query: { limit: shown }, signal }),
  });
}

const callQuery = (callLogId: string) =>
  queryOptions({
    queryKey: ['calls', 'one', callLogId],
    queryFn: ({ signal }) => request<CallJson>(`/calls/${encodeURIComponent(callLogId)}`, { signal }),
  });

export function useCallToTest(callLogId: string) {
  return useQuery({ ...callQuery(callLogId), enabled: callLogId !== '' });
}
