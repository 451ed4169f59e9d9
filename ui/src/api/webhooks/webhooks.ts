import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  WebhookActivityJson,
  WebhookRejectionsJson,
} from '../../../../src/http/operator/webhooks/activity/webhook-activity-schemas.ts';
import type {
  WebhookTestBody,
  WebhookTestJson,
} from '../../../../src/http/operator/webhooks/requests/webhook-test-schemas.ts';
import type {
  rotatedWebhookJson,
  WebhookBody,
  WebhookChangeBody,
  WebhookJson,
  webhookWithKeyJson,
} from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';

export type CreatedWebhook = Static<typeof webhookWithKeyJson>;
export type RotatedWebhook = Static<typeof rotatedWebhookJson>;

const path = '/webhooks/incoming';
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
const webhooksKey = ['webhooks'] as const;

const webhooksQuery = listQuery<WebhookJson>([...webhooksKey, 'list'], path);

export function useWebhooks() {
  return useList(webhooksQuery);
}

const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: [...webhooksKey, 'one', id],
    queryFn: ({ signal }) => request<WebhookJson>(pathOf(id), { signal }),
  });

export function useWebhook(id: string) {
  return useQuery(webhookQuery(id));
}

export function useCreateWebhook() {
  return useSend((body: WebhookBody) => request<CreatedWebhook>(path, { method: 'POST', body }), webhooksKey);
}

export function useChangeWebhook(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: WebhookChangeBody) => request<WebhookJson>(pathOf(id), { method: 'PATCH', body }),
    onSuccess: (webhook) => {
      client.setQueryData(webhookQuery(id).queryKey, webhook);
      return client.invalidateQueries({ queryKey: webhooksKey });
    },
  });
}

export function useRotateKey(id: string) {
  return useSend(
    (graceHours: number) =>
      request<RotatedWebhook>(`${pathOf(id)}/rotate-key`, {
        method: 'POST',
        body: { grace_hours: graceHours },
      }),
    webhooksKey,
  );
}

export function useDeleteWebhook(id: string) {
  return useSend(() => request<void>(pathOf(id), { method: 'DELETE' }), webhooksQuery.queryKey);
}

/** Counts are as fresh as the eye needs; what the server had no time to count comes with the next look. */
const activityRefreshMs = 10_000;

export function useWebhookActivity(hours: number, webhookId?: string) {
  return useQuery({
    queryKey: [...webhooksKey, 'activity', hours, webhookId],
    queryFn: ({ signal }) =>
      request<WebhookActivityJson>('/webhooks/activity', { query: { hours, webhook_id: webhookId }, signal }),
    refetchInterval: activityRefreshMs,
  });
}

export function useWebhookRejections(id: string, hours: number) {
  return useQuery({
    queryKey: [...webhooksKey, 'rejections', id, hours],
    queryFn: ({ signal }) =>
      request<WebhookRejectionsJson>(`${pathOf(id)}/rejections`, { query: { hours }, signal }),
    refetchInterval: activityRefreshMs,
  });
}

export function useTestWebhook(id: string) {
  return useSend(
    (body: WebhookTestBody) => request<WebhookTestJson>(`${pathOf(id)}/test`, { method: 'POST', body }),
    ['calls'],
    ['postbacks'],
    webhooksKey,
  );
}
