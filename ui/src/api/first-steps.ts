import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  FirstStepsJson,
  loadedSampleJson,
} from '../../../src/http/operator/sample-data/sample-data-schemas.ts';
import { useSend } from './queries.ts';
import { request } from './request.ts';

/** While something is left to do: what senders and telephony do appears automatically. */
const stepsMs = 3_000;

const firstStepsQuery = queryOptions({
  queryKey: ['first-steps'],
  queryFn: ({ signal }) => request<FirstStepsJson>('/first-steps', { signal }),
  refetchInterval: ({ state: { data } }) => (data !== undefined && areFirstStepsDone(data) ? false : stepsMs),
});

export function useFirstSteps() {
  return useQuery(firstStepsQuery);
}

export function useHideFirstSteps() {
  return useSend(
    (isHidden: boolean) =>
      request<FirstStepsJson>('/first-steps', { method: 'PATCH', body: { is_hidden: isHidden } }),
    firstStepsQuery.queryKey,
  );
}

export function areFirstStepsDone(steps: FirstStepsJson): boolean {
  return steps.has_webhook && steps.has_call && steps.has_postback && steps.has_applied_postback;
}

/** True where there is nothing that a figure could be about. */
export function isAccountEmpty({ has_call, has_postback, sample_data }: FirstStepsJson): boolean {
  return !has_call && !has_postback && sample_data === null;
}

/** Everything is read again after these: an empty key is the beginning of all. */
const everything = [] as const;

export function useLoadSample() {
  return useSend(
    () => request<Static<typeof loadedSampleJson>>('/sample-data', { method: 'POST' }),
    everything,
  );
}

export function useRemoveSample() {
  return useSend(() => request<void>('/sample-data', { method: 'DELETE' }), everything);
}

/** A completed call to try things with. */
export function useCreateTestCall() {
  return useSend(() => {
    const started = Date.now() - 5 * 60_000;
    const body = {
      call_log_id: `test-${started}`,
      state: 'completed',
      phone_number: '+12135550142',
      started_at: new Date(started).toISOString(),
      duration_seconds: 184,
      campaign: 'Test',
    };
    return request<{ call_log_id: string }>('/calls', { method: 'POST', body });
  }, everything);
}
