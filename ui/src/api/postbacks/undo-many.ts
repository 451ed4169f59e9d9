import type {
  UndoLine,
  UndoSummaryJson,
} from '../../../../src/http/operator/webhooks/undo/webhook-undo-schemas.ts';
import { openLines } from '../request.ts';
import { useRefresh } from './inbox.ts';
import { useManyRun } from './many-run.ts';

export type { UndoSummaryJson };
/** Which postbacks of a webhook: days are those of the account's time zone. */
export type UndoScope = { from: string; to: string } | { batch_id: string } | { import_id: string };
/** `fault`: why it broke off. */
export type UndoResult = { summary: UndoSummaryJson; fault: string | null };

/** Undoes many postbacks of a webhook, or tells what that would do. */
export function useUndoMany(webhookId: string, scope: UndoScope) {
  return useManyRun<UndoResult>(async (isDryRun, { signal, setDone }) => {
    const body = new Blob([JSON.stringify({ ...scope, dry_run: isDryRun })]);
    const path = `/webhooks/incoming/${webhookId}/undo`;
    for await (const line of openLines<UndoLine>(path, {}, body, 'application/json', signal)) {
      if ('done' in line) setDone(line.done);
      else return { summary: line.summary, fault: line.error?.detail ?? null };
    }
    throw new Error('The connection broke before the end. Start again: the undo goes on with the others.');
  }, useRefresh());
}
