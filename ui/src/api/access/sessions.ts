import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { listedSessionJson } from '../../../../src/http/operator/access/session-schemas.ts';
import { useSend } from '../queries.ts';
import { type Page, request } from '../request.ts';

export type ListedSession = Static<typeof listedSessionJson>;

const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => request<Page<ListedSession>>('/sessions', { signal }),
});

export function useSessions() {
  return useQuery(sessionsQuery);
}

export function useEndSession() {
  return useSend(
    (id: string) => request<void>(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    sessionsQuery.queryKey,
  );
}
