import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  OutgoingBody,
  OutgoingChangeBody,
  OutgoingJson,
  outgoingWithSecretJson,
  RenderBody,
  renderedJson,
  rotatedOutgoingJson,
  testedOutgoingJson,
} from '../../../../src/http/operator/outgoing/outgoing-schemas.ts';
import type { outgoingPresetsJson } from '../../../../src/http/operator/presets/preset-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';

export type { OutgoingBody, OutgoingChangeBody, OutgoingJson, RenderBody };
export type EventType = OutgoingJson['events'][number];
export type CreatedOutgoing = Static<typeof outgoingWithSecretJson>;
export type RotatedOutgoing = Static<typeof rotatedOutgoingJson>;
export type RenderedRequest = Static<typeof renderedJson>;
export type TestedOutgoing = Static<typeof testedOutgoingJson>;
export type OutgoingPreset = Static<typeof outgoingPresetsJson>['items'][number];

const path = '/webhooks/outgoing';
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
const outgoingKey = ['outgoing'] as const;
/** Health changes with each delivery, which no event stream tells. */
const healthRefreshMs = 10_000;

const webhooksQuery = listQuery<OutgoingJson>([...outgoingKey, 'list'], path);

export function useOutgoingWebhooks() {
  return useList({ ...webhooksQuery, refetchInterval: healthRefreshMs });
}

const oneQuery = (id: string) =>
  queryOptions({
    queryKey: [...outgoingKey, 'one', id],
    queryFn: ({ signal }) => request<OutgoingJson>(pathOf(id), { signal }),
    refetchInterval: healthRefreshMs,
  });

export function useOutgoingWebhook(id: string) {
  return useQuery(oneQuery(id));
}

const presetsQuery = queryOptions({
  queryKey: ['presets', 'outgoing'],
  queryFn: ({ signal }) =>
    request<Static<typeof outgoingPresetsJson>>('/presets', {
      query: { kind: 'outgoing', limit: 500 },
      signal,
    }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useOutgoingPresets() {
  return useQuery(presetsQuery);
}

export function useCreateOutgoing() {
  return useSend(
    (body: OutgoingBody) => request<CreatedOutgoing>(path, { method: 'POST', body }),
    outgoingKey,
  );
}

export function useChangeOutgoing(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: OutgoingChangeBody) => request<OutgoingJson>(pathOf(id), { method: 'PATCH', body }),
    onSuccess: (webhook) => {
      client.setQueryData(oneQuery(id).queryKey, webhook);
      return Promise.all(
        [outgoingKey, ['deliveries']].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
}

export function useDeleteOutgoing(id: string) {
  return useSend(() => request<void>(pathOf(id), { method: 'DELETE' }), webhooksQuery.queryKey);
}

export function useRotateOutgoingSecret(id: string) {
  return useSend(
    (graceHours: number) =>
      request<RotatedOutgoing>(`${pathOf(id)}/rotate-secret`, {
        method: 'POST',
        body: { grace_hours: graceHours },
      }),
    outgoingKey,
  );
}

export function useTestOutgoing(id: string) {
  return useMutation({
    mutationFn: (event: EventType) =>
      request<TestedOutgoing>(`${pathOf(id)}/test`, { method: 'POST', body: { event } }),
  });
}

/** What settings would send, saved or not. @param id of a webhook; null: the settings are all there is */
export function useRender(id: string | null, body: Partial<RenderBody>) {
  return useQuery({
    queryKey: [...outgoingKey, 'render', id, body],
    queryFn: ({ signal }) =>
      request<RenderedRequest>(id === null ? `${path}/render` : `${pathOf(id)}/render`, {
        method: 'POST',
        body,
        signal,
      }),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}
