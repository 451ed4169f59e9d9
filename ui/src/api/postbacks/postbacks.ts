import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  PostbackJson,
  postbackAnswerJson,
} from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { byCursor, type Page, request } from '../request.ts';

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

const postbacksQuery = (filters: PostbackFilters) =>
  infiniteQueryOptions({
    queryKey: ['postbacks', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      request<Page<PostbackJson>>('/postbacks', {
        query: { ...filters, from: startOf(filters.from), to: endOf(filters.to), cursor: pageParam },
        signal,
      }),
    ...byCursor,
    placeholderData: keepPreviousData,
  });

export function usePostbacks(filters: PostbackFilters) {
  return useInfiniteQuery(postbacksQuery(filters));
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

const day = /^\d{4}-\d\d-\d\d$/;

/** A day of the address is the whole day in the account's time zone, which times without an offset are read in. */
function startOf(text: string | undefined): string | undefined {
  return text !== undefined && day.test(text) ? `${text}T00:00:00` : text;
}

function endOf(text: string | undefined): string | undefined {
  return text !== undefined && day.test(text) ? `${text}T23:59:59.999` : text;
}
