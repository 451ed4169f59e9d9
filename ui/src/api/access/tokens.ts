import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  TokenJson,
  tokenBody,
  tokenWithSecretJson,
} from '../../../../src/http/operator/access/token-schemas.ts';
import { byCursor, type Page, request } from '../request.ts';

export type NewToken = Static<typeof tokenBody>;
type MadeToken = Static<typeof tokenWithSecretJson>;

const tokensQuery = infiniteQueryOptions({
  queryKey: ['tokens'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<TokenJson>>('/tokens', { query: { cursor: pageParam }, signal }),
  ...byCursor,
});

export function useTokens() {
  return useInfiniteQuery(tokensQuery);
}

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewToken) => request<MadeToken>('/tokens', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}
