import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../request.ts';
import type { AttachAnswer } from './inbox.ts';
import { useRefresh } from './inbox.ts';

export type UndoAnswer = AttachAnswer;

function undoPostback(id: string, isDryRun: boolean, signal?: AbortSignal): Promise<UndoAnswer> {
  return request<UndoAnswer>(`/postbacks/${encodeURIComponent(id)}/undo`, {
    method: 'POST',
    body: { dry_run: isDryRun },
    ...(signal && { signal }),
  });
}

const undoPreviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['postbacks', 'undo-preview', id],
    queryFn: ({ signal }) => undoPostback(id, true, signal),
    gcTime: 0,
  });

/** What undoing a postback would do. It is read again when postbacks change. */
export function useUndoPreview(id: string) {
  return useQuery(undoPreviewQuery(id));
}

export function useUndo(id: string) {
  const refresh = useRefresh();
  return useMutation({ mutationFn: () => undoPostback(id, false), onSettled: refresh });
}
