import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import type {
  ExplainBody,
  explainedJson,
} from '../../../../src/http/operator/webhooks/requests/explain-schemas.ts';
import { type Page, request } from '../request.ts';

export type { ExplainBody };
export type Explained = Static<typeof explainedJson>;

export type KeptReplay = { replayed: number; summary: Record<string, number | undefined> };

const pathOf = (id: string) => `/webhooks/incoming/${encodeURIComponent(id)}`;

const explainQuery = (id: string, body: ExplainBody | null) =>
  queryOptions({
    queryKey: ['explain', id, body],
    queryFn: ({ signal }) =>
      request<Explained>(`${pathOf(id)}/explain`, { method: 'POST', body: body ?? {}, signal }),
    enabled: body !== null,
    staleTime: Number.POSITIVE_INFINITY, // the same request and mapping are read in the same way
    placeholderData: keepPreviousData,
  });

/** How a request is read, by the code of the endpoint. Null: there is no request yet. */
export function useExplain(id: string, body: ExplainBody | null) {
  return useQuery(explainQuery(id, body));
}

const keptQuery = (webhookId: string) =>
  queryOptions({
    queryKey: ['postbacks', 'kept', webhookId],
    queryFn: ({ signal }) =>
      request<Page<PostbackJson>>('/postbacks', {
        query: { webhook_id: webhookId, status: 'kept', limit: 50 },
        signal,
      }),
  });

/** The newest requests of a webhook that wait for a mapping that can read them. */
export function useKept(webhookId: string) {
  return useQuery(keptQuery(webhookId));
}

export function useReplayKept(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<KeptReplay>(`${pathOf(id)}/replay-kept`, { method: 'POST' }),
    onSettled: () =>
      Promise.all(
        ['postbacks', 'calls', 'webhooks'].map((name) => client.invalidateQueries({ queryKey: [name] })),
      ),
  });
}
