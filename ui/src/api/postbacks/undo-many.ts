import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type {
  UndoLine,
  UndoSummaryJson,
} from '../../../../src/http/operator/webhooks/webhook-undo-schemas.ts';
import { openLines } from '../request.ts';

export type { UndoSummaryJson };
/** Which postbacks of a webhook: days are those of the account's time zone. */
export type UndoScope = { from: string; to: string } | { batch_id: string } | { import_id: string };
/** `fault`: why it broke off. */
export type UndoResult = { summary: UndoSummaryJson; fault: string | null };

/** Undoes many postbacks of a webhook, or tells what that would do. `done` follows it. */
export function useUndoMany(webhookId: string, scope: UndoScope) {
  const client = useQueryClient();
  const [done, setDone] = useState(0);
  const running = useRef<AbortController>(null);
  const mutation = useMutation({
    mutationFn: async (isDryRun: boolean) => {
      running.current?.abort();
      running.current = new AbortController();
      const { signal } = running.current;
      setDone(0);
      const body = new Blob([JSON.stringify({ ...scope, dry_run: isDryRun })]);
      const path = `/webhooks/incoming/${webhookId}/undo`;
      for await (const line of openLines<UndoLine>(path, {}, body, 'application/json', signal)) {
        if ('done' in line) setDone(line.done);
        else return { summary: line.summary, fault: line.error?.detail ?? null };
      }
      throw new Error('The connection broke before the end. Start again: the undo goes on with the others.');
    },
    onSettled: (_result, _error, isDryRun) => {
      if (isDryRun) return;
      for (const name of ['postbacks', 'calls', 'call-totals', 'overview'])
        void client.invalidateQueries({ queryKey: [name] });
    },
  });
  return { ...mutation, done, stop: () => running.current?.abort() };
}
