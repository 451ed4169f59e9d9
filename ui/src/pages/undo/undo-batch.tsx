import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { UndoMany } from './undo-many.tsx';

/** @param postbacks some of the batch: all of it came through one webhook */
export function UndoBatch({ batchId, postbacks }: { batchId: string; postbacks: PostbackJson[] }) {
  const [isOpen, setOpen] = useState(false);
  const mayUndo = useMay('change_calls');
  const webhookId = postbacks[0]?.webhook_id ?? null;
  if (!mayUndo || webhookId === null) return null;
  return (
    <div className="mb-3">
      <Button icon={Undo2} onClick={() => setOpen(true)}>
        Undo this batch
      </Button>
      {isOpen && (
        <UndoMany
          title="Undo the batch"
          description={<bdi>{postbacks[0]?.webhook_name}</bdi>}
          webhookId={webhookId}
          scope={{ batch_id: batchId }}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
