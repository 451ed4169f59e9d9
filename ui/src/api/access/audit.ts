import { keepPreviousData } from '@tanstack/react-query';
import type { AuditEventJson } from '../../../../src/http/operator/access/audit-schemas.ts';
import { listQuery, useList } from '../queries.ts';

/** The filters of the audit log, as they are in the page's address. */
export const auditFilterNames = ['action', 'actor_person_id', 'from', 'to'] as const;
export type AuditFilters = { [Name in (typeof auditFilterNames)[number]]?: string };

export function useAuditEvents(filters: AuditFilters) {
  return useList({
    ...listQuery<AuditEventJson>(['audit', filters], '/audit', filters),
    placeholderData: keepPreviousData,
  });
}
