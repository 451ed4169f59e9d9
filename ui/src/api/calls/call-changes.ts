import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Static } from 'typebox';
import type { callChangesSummaryJson } from '../../../../src/http/operator/calls/changes/call-changes-schemas.ts';
import { openLines, request } from '../request.ts';
import type { CallFilters } from './calls.ts';

export type CallChangesSummary = Static<typeof callChangesSummaryJson>;
/** A list of ids, or all calls that filters mean. */
export type CallSelection = { ids: readonly string[] } | { filters: CallFilters };

type Line =
  | { batch_id: string; calls: number }
  | { done: number }
  | { summary: CallChangesSummary; error?: { detail: string } };

/** What a change of many calls did; `fault`: why it broke off. */
export type CallChangesResult = { summary: CallChangesSummary; fault: string | null };

/** Changes all selected calls, or tells what that would do. `progress` follows it. */
export function useChangeCalls(selection: CallSelection) {
  const client = useQueryClient();
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const mutation = useMutation({
    mutationFn: async ({ change, isDryRun }: { change: object; isDryRun: boolean }) => {
      const body = JSON.stringify({ filter: filterOf(selection), change, dry_run: isDryRun });
      const { signal } = new AbortController();
      const lines = openLines<Line>('/call-changes', {}, new Blob([body]), 'application/json', signal);
      let result: CallChangesResult | null = null;
      let total = 0;
      for await (const line of lines) {
        if ('summary' in line) result = { summary: line.summary, fault: line.error?.detail ?? null };
        else if ('calls' in line) total = line.calls;
        else setProgress({ done: line.done, total });
      }
      if (result === null)
        throw new Error('The connection broke before the end. Look at the calls, then try again.');
      return result;
    },
    onSettled: () => {
      setProgress(null);
      refresh(client);
    },
  });
  return { ...mutation, progress };
}

/** Undoes a change of many calls by its batch. */
export function useUndoChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ webhook_id: webhookId, batch_id: batchId }: CallChangesSummary) =>
      request<{ applied: number }>(`/webhooks/incoming/${webhookId}/undo`, {
        method: 'POST',
        body: { batch_id: batchId },
      }),
    onSettled: () => refresh(client),
  });
}

function refresh(client: ReturnType<typeof useQueryClient>): void {
  void client.invalidateQueries({ queryKey: ['calls'] });
  void client.invalidateQueries({ queryKey: ['call-totals'] });
}

/** As the body of the request has it: a filter without a value is left out, a boolean is not text. */
function filterOf(selection: CallSelection): object {
  if ('ids' in selection) return { call_log_id: selection.ids };
  const { converted, ...filters } = selection.filters;
  return { ...filters, ...(converted !== undefined && { converted: converted === 'true' }) };
}
