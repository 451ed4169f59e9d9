import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  PostbackJson,
  postbackAnswerJson,
} from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { listQuery, useList } from '../queries.ts';
import type { Page } from '../request.ts';
import { request } from '../request.ts';

/** The filters of the log, as they are in the page's address. */
export const postbackFilterNames = [
  'webhook_id',
  'status',
  'code',
  'call_log_id',
  'transaction_id',
  'batch_id',
  'from',
  'to',
] as const;
export type PostbackFilters = { [Name in (typeof postbackFilterNames)[number]]?: string };

/** What a replay that was not rejected is answered. */
export type ReplayAnswer = Static<typeof postbackAnswerJson>;

export function usePostbacks(filters: PostbackFilters) {
  return useList({
    ...listQuery<PostbackJson>(['postbacks', 'list', filters], '/postbacks', {
      ...filters,
      previews: 'false',
    }),
    placeholderData: keepPreviousData,
  });
}

const postbackQuery = (id: string) =>
  queryOptions({
    queryKey: ['postbacks', 'one', id],
    queryFn: ({ signal }) => request<PostbackJson>(`/postbacks/${encodeURIComponent(id)}`, { signal }),
  });

export function usePostback(id: string) {
  return useQuery(postbackQuery(id));
}

const replaysQuery = (id: string) =>
  queryOptions({
    queryKey: ['postbacks', 'replays', id],
    queryFn: ({ signal }) => request<Page<PostbackJson>>('/postbacks', { query: { replay_of: id }, signal }),
  });

/** The replays of a rejected postback, dry runs too, newest first. */
export function useReplays(id: string) {
  return useQuery(replaysQuery(id));
}

/** Rejected again it fails, with what the postback is now rejected for. */
export function useReplay(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (isDryRun: boolean) =>
      request<ReplayAnswer>(`/postbacks/${encodeURIComponent(id)}/replay`, {
        method: 'POST',
        body: { dry_run: isDryRun },
      }),
    onSettled: () =>
      Promise.all(['postbacks', 'calls'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}
