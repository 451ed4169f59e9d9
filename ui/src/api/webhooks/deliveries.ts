import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  DeliveryJson,
  deliveryDetailJson,
  replayRangeBody,
} from '../../../../src/http/operator/outgoing/delivery-schemas.ts';
import { listQuery, useList, useSend } from '../queries.ts';
import { request } from '../request.ts';

export type { DeliveryJson };
export type DeliveryDetail = Static<typeof deliveryDetailJson>;
export type DeliveryStatus = DeliveryJson['status'];
export type ReplayRange = Static<typeof replayRangeBody>;

/** The filters of a webhook's deliveries, as they are in the page's address. */
export const deliveryFilterNames = ['status', 'event', 'call_log_id', 'from', 'to'] as const;
export type DeliveryFilters = { [Name in (typeof deliveryFilterNames)[number]]?: string | undefined };

const refreshMs = 5_000;

export function useDeliveries(webhookId: string, filters: DeliveryFilters) {
  const query = { ...filters, webhook_id: webhookId };
  return useList({
    ...listQuery<DeliveryJson>(['deliveries', 'list', query], '/deliveries', query),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refreshMs),
  });
}

const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'one', id],
    queryFn: ({ signal }) => request<DeliveryDetail>(`/deliveries/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? refreshMs : false),
  });

export function useDelivery(id: string) {
  return useQuery(deliveryQuery(id));
}

export function useReplayDelivery(id: string) {
  return useSend(
    () => request<DeliveryJson>(`/deliveries/${encodeURIComponent(id)}/replay`, { method: 'POST', body: {} }),
    ['deliveries'],
  );
}

export function useReplayDeliveries(webhookId: string) {
  return useSend(
    (range: ReplayRange) =>
      request<{ replayed: number }>(`/webhooks/outgoing/${encodeURIComponent(webhookId)}/replay`, {
        method: 'POST',
        body: range,
      }),
    ['deliveries'],
  );
}
