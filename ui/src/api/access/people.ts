import type { Static } from 'typebox';
import type {
  InvitedPersonJson,
  PersonJson,
  personBody,
  personChangeBody,
} from '../../../../src/http/operator/access/people-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';

export type { InvitedPersonJson, PersonJson };
export type NewPerson = Static<typeof personBody>;

const peopleQuery = listQuery<PersonJson>(['people'], '/people');

export function usePeople() {
  return useList(peopleQuery);
}

const pathOf = (id: string) => `/people/${encodeURIComponent(id)}`;

export function useInvitePerson() {
  return useSend(
    (body: NewPerson) => request<InvitedPersonJson>('/people', { method: 'POST', body }),
    peopleQuery.queryKey,
  );
}

/** A new link, for an invitation that expired or a password that was lost. */
export function useRenewInvitation() {
  return useSend(
    (id: string) => request<InvitedPersonJson>(`${pathOf(id)}/invitation`, { method: 'POST' }),
    peopleQuery.queryKey,
  );
}

export function useChangePerson(id: string) {
  return useSend(
    (body: Static<typeof personChangeBody>) => request<PersonJson>(pathOf(id), { method: 'PATCH', body }),
    peopleQuery.queryKey,
  );
}

export function useRemovePerson() {
  return useSend((id: string) => request<void>(pathOf(id), { method: 'DELETE' }), peopleQuery.queryKey);
}
