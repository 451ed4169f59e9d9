import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  accountChangeBody,
  accountJson,
} from '../../../../src/http/operator/accounts/account-schemas.ts';
import type {
  ListedAccountJson,
  newAccountBody,
  newAccountJson,
} from '../../../../src/http/operator/accounts/accounts-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';
import { sessionQuery } from '../session.ts';

export type AccountChange = Static<typeof accountChangeBody>;
export type NewAccount = Static<typeof newAccountBody>;
export type MadeAccount = Static<typeof newAccountJson>;

/** The account that the session speaks for. */
export function useChangeAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AccountChange) =>
      request<Static<typeof accountJson>>('/account', { method: 'PATCH', body }),
    onSuccess: async (account) => {
      client.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, account });
      await client.invalidateQueries({ queryKey: accountsQuery.queryKey });
    },
  });
}

const accountsQuery = listQuery<ListedAccountJson>(['accounts'], '/accounts');

/** All of the installation, oldest first. */
export function useAccounts() {
  return useList(accountsQuery);
}

export function useCreateAccount() {
  return useSend(
    (body: NewAccount) => request<MadeAccount>('/accounts', { method: 'POST', body }),
    accountsQuery.queryKey,
  );
}
