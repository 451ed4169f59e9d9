import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AuditEventJson } from '../../../src/http/api-types/audit.ts';
import { type Page, request } from './request.ts';

/** Those of the address: texts as the API takes them. */
export type AuditFilters = { action?: string; target_id?: string; from?: string; to?: string };

export function useAuditEvents(filters: AuditFilters) {
  return useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<AuditEventJson>>('/audit', { query: { ...filters, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
