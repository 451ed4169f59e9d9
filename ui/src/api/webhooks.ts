import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import type { WebhookJson } from '../../../src/http/api-types/webhooks.ts';
import { type Page, request } from './request.ts';

const webhooksQuery = infiniteQueryOptions({
  queryKey: ['webhooks', 'list'],
  queryFn: ({ pageParam, signal }) =>
    request<Page<WebhookJson>>('/webhooks/incoming', { query: { cursor: pageParam }, signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export function useWebhooks() {
  return useInfiniteQuery(webhooksQuery);
}
