import { keepPreviousData } from '@tanstack/react-query';
import type { AuditEventJson } from '../../../../src/http/operator/access/audit-schemas.ts';
import { listQuery, useList } from '../queries.ts';

/** Those of the address: texts as the API takes them. */
export type AuditFilters = {
  action?: string;
  target_id?: string;
  actor_person_id?: string;
  from?: string;
  to?: string;
};

export function useAuditEvents(filters: AuditFilters) {
  return useList({
    ...listQuery<AuditEventJson>(['audit', filters], '/audit', filters),
    placeholderData: keepPreviousData,
  });
}
