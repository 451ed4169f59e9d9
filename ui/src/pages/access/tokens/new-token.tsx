import { CopyField } from '../../../components/copy.tsx';
import { DoneAction } from '../../../components/dialogs/dialog.tsx';

/** A token that was just made, in a dialog. */
export function NewToken({ token, onDone }: { token: string; onDone(): void }) {
  return (
    <>
      <CopyField label="Token" text={token} />
      <p className="mt-3 text-muted text-sm">
        Programs send it as <code className="font-mono text-xs">Authorization: Bearer TOKEN</code>; people
        sign in with it.
      </p>
      <DoneAction onDone={onDone} />
    </>
  );
}
