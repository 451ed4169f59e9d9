import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { byCursor, type Page, request } from '../request.ts';

const pageSize = 25;

const webhookLogQuery = (webhookId: string) =>
  infiniteQueryOptions({
    queryKey: ['postbacks', 'of-webhook', webhookId],
    queryFn: ({ pageParam, signal }) =>
      request<Page<PostbackJson>>('/postbacks', {
        query: { webhook_id: webhookId, limit: pageSize, cursor: pageParam },
        signal,
      }),
    ...byCursor,
  });

export function useWebhookLog(webhookId: string) {
  return useInfiniteQuery(webhookLogQuery(webhookId));
}
