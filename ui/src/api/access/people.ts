import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  InvitedPersonJson,
  PersonJson,
  personBody,
  personChangeBody,
} from '../../../../src/http/operator/access/people-schemas.ts';
import { byCursor, type Page, request } from '../request.ts';

export type { InvitedPersonJson, PersonJson };

const peopleQuery = infiniteQueryOptions({
  queryKey: ['people'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<PersonJson>>('/people', { query: { cursor: pageParam }, signal }),
  ...byCursor,
});

export function usePeople() {
  return useInfiniteQuery(peopleQuery);
}

const pathOf = (id: string) => `/people/${encodeURIComponent(id)}`;

/** A change of people, after which the list is read again. */
function usePeopleMutation<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
}

export function useInvitePerson() {
  return usePeopleMutation((body: Static<typeof personBody>) =>
    request<InvitedPersonJson>('/people', { method: 'POST', body }),
  );
}

/** A new link, for an invitation that expired or a password that was lost. */
export function useRenewInvitation() {
  return usePeopleMutation((id: string) =>
    request<InvitedPersonJson>(`${pathOf(id)}/invitation`, { method: 'POST' }),
  );
}

export function useChangePerson(id: string) {
  return usePeopleMutation((body: Static<typeof personChangeBody>) =>
    request<PersonJson>(pathOf(id), { method: 'PATCH', body }),
  );
}

export function useRemovePerson() {
  return usePeopleMutation((id: string) => request<void>(pathOf(id), { method: 'DELETE' }));
}
