import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  PostbackJson,
  postbackAnswerJson,
} from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { listQuery, useList } from '../queries.ts';
import { request } from '../request.ts';

/** The filters of the inbox, as they are in the page's address. */
export const inboxFilterNames = ['status', 'code', 'webhook_id', 'from', 'to'] as const;
export type InboxFilters = { [Name in (typeof inboxFilterNames)[number]]?: string };

export type NearCall = NonNullable<PostbackJson['nearest']>[number];
export type AttachAnswer = Static<typeof postbackAnswerJson>;

const pageSize = 50;

/** Postbacks without a call that wait for a person or for their call, newest first. */
export function useOpenPostbacks(filters: InboxFilters) {
  return useList({
    ...listQuery<PostbackJson>(['postbacks', 'open', filters], '/postbacks', {
      open: 'true',
      limit: pageSize,
      ...filters,
    }),
    placeholderData: keepPreviousData,
  });
}

export type Attachment = { id: string; callLogId: string };

function attachPostback(
  { id, callLogId }: Attachment,
  isDryRun: boolean,
  signal?: AbortSignal,
): Promise<AttachAnswer> {
  return request<AttachAnswer>(`/postbacks/${encodeURIComponent(id)}/attach`, {
    method: 'POST',
    body: { call_log_id: callLogId, dry_run: isDryRun },
    ...(signal && { signal }),
  });
}

const attachPreviewQuery = (attachment: Attachment) =>
  queryOptions({
    queryKey: ['postbacks', 'attach-preview', attachment],
    queryFn: ({ signal }) => attachPostback(attachment, true, signal),
    gcTime: 0,
  });

/** What attaching would do. It is read again when postbacks change. */
export function useAttachPreview(attachment: Attachment) {
  return useQuery(attachPreviewQuery(attachment));
}

/** @param onDone called also where the postback has left the list by then, and its dialog with it */
export function useAttach(onDone: (answer: AttachAnswer) => void) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (attachment: Attachment) => attachPostback(attachment, false),
    onSuccess: onDone,
    onSettled: refresh,
  });
}

/** @param onDone as of `useAttach` */
export function useDismiss(id: string, onDone: () => void) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (reason: string) =>
      request<PostbackJson>(`/postbacks/${encodeURIComponent(id)}/dismiss`, {
        method: 'POST',
        body: { reason },
      }),
    onSuccess: onDone,
    onSettled: refresh,
  });
}

/** Returns what reads postbacks, calls, their totals and the overview again. */
export function useRefresh(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ['postbacks', 'calls', 'call-totals', 'overview'].map((name) =>
        client.invalidateQueries({ queryKey: [name] }),
      ),
    );
}
