import { useInfiniteQuery } from '@tanstack/react-query';
import type { CallJson } from '../../../../src/http/operator/calls/call-schemas.ts';
import { listQuery } from '../queries.ts';
import type { CallFilters, CallsPage } from './calls.ts';

const pageCalls = 500;

/** The calls of a payout report, in pages as long as they may be. */
export function usePayoutCalls(filters: CallFilters) {
  return useInfiniteQuery(
    listQuery<CallJson, CallsPage>(['calls', 'payouts', filters], '/calls', {
      ...filters,
      limit: pageCalls,
    }),
  );
}
