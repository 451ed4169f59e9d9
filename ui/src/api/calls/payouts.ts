import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { byCursor, request } from '../request.ts';
import { type CallFilters, type CallsPage, withWholeDays } from './calls.ts';

const pageCalls = 500;

const payoutCallsQuery = (filters: CallFilters) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'payouts', filters],
    queryFn: ({ pageParam, signal }) =>
      request<CallsPage>('/calls', {
        query: { ...withWholeDays(filters), limit: pageCalls, cursor: pageParam },
        signal,
      }),
    ...byCursor,
  });

/** The calls of a payout report, in pages as long as they may be. */
export function usePayoutCalls(filters: CallFilters) {
  return useInfiniteQuery(payoutCallsQuery(filters));
}
