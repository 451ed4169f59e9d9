import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AuditEventJson } from '../../../../src/http/operator/access/audit-schemas.ts';
import { byCursor, type Page, request } from '../request.ts';

/** Those of the address: texts as the API takes them. */
export type AuditFilters = {
  action?: string;
  target_id?: string;
  actor_person_id?: string;
  from?: string;
  to?: string;
};

export function useAuditEvents(filters: AuditFilters) {
  return useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<AuditEventJson>>('/audit', { query: { ...filters, cursor: pageParam }, signal }),
    ...byCursor,
    placeholderData: keepPreviousData,
  });
}
