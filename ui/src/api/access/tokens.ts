import type { Static } from 'typebox';
import type {
  TokenJson,
  tokenBody,
  tokenWithSecretJson,
} from '../../../../src/http/operator/access/token-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';

export type NewToken = Static<typeof tokenBody>;
type MadeToken = Static<typeof tokenWithSecretJson>;

const tokensQuery = listQuery<TokenJson>(['tokens'], '/tokens');

export function useTokens() {
  return useList(tokensQuery);
}

export function useCreateToken() {
  return useSend(
    (body: NewToken) => request<MadeToken>('/tokens', { method: 'POST', body }),
    tokensQuery.queryKey,
  );
}

export function useRevokeToken() {
  return useSend(
    (id: string) => request<void>(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    tokensQuery.queryKey,
  );
}
