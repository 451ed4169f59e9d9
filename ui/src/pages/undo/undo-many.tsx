import type { ReactNode } from 'react';
import { type UndoScope, useUndoMany } from '../../api/postbacks/undo-many.ts';
import { ManyRunDialog } from './many-run-dialog.tsx';
import { UndoSummary } from './undo-summary.tsx';

export type UndoManyProps = {
  title: string;
  description: ReactNode;
  webhookId: string;
  scope: UndoScope;
  /** @param isDone whether anything may have been undone */
  onClose(isDone: boolean): void;
};

/** Undoes many postbacks: first a dry run, then the undo with its progress and its result. */
export function UndoMany({ title, description, webhookId, scope, onClose }: UndoManyProps) {
  const dry = useUndoMany(webhookId, scope);
  const real = useUndoMany(webhookId, scope);
  return (
    <ManyRunDialog
      title={title}
      description={description}
      dry={dry}
      real={real}
      planned={dry.data?.summary.postbacks ?? null}
      progress="Undoing"
      lost="The undo stops where it is. Start it again to undo the others."
      action={real.isIdle || real.isPending ? 'Undo' : 'Undo the others'}
      look="danger"
      isFinished={real.data?.fault === null}
      onClose={onClose}
    >
      {(result) => <UndoSummary result={result} />}
    </ManyRunDialog>
  );
}
