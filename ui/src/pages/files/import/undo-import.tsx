import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { UndoMany } from '../../undo/undo-many.tsx';

export type UndoImportProps = { webhookId: string; importId: string; fileName: string; onUndone(): void };

/** Undoes an import, after a look at what that would do. */
export function UndoImport({ webhookId, importId, fileName, onUndone }: UndoImportProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" icon={Undo2} onClick={() => setOpen(true)}>
        Undo import
      </Button>
      {isOpen && (
        <UndoMany
          title="Undo the import"
          description={<bdi>{fileName}</bdi>}
          webhookId={webhookId}
          scope={{ import_id: importId }}
          onClose={(isDone) => {
            setOpen(false);
            if (isDone) onUndone();
          }}
        />
      )}
    </>
  );
}
