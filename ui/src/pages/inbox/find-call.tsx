import { useState } from 'react';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { AttachDialog } from './attach-dialog.tsx';
import { DismissDialog } from './dismiss-dialog.tsx';
import { NearCalls } from './near-calls.tsx';

/** The near calls of a postback without one, a field for any other call, and the way out. */
export function FindCall({ postback }: { postback: PostbackJson }) {
  const { id, nearest = [] } = postback;
  const mayAttach = useMay('send_postbacks');
  const [callLogId, setCallLogId] = useState<string | null>(null);
  const [isDismissing, setDismissing] = useState(false);
  return (
    <div className="min-w-0">
      <NearCalls nearest={nearest} onAttach={mayAttach ? setCallLogId : undefined} />
      {mayAttach && (
        <div className="mt-3 flex flex-wrap items-end justify-between gap-2 border-line border-t pt-3">
          <OtherCall onChoose={setCallLogId} />
          <Button look="quiet" size="small" onClick={() => setDismissing(true)}>
            Dismiss
          </Button>
        </div>
      )}
      {callLogId !== null && (
        <AttachDialog attachment={{ id, callLogId }} onClose={() => setCallLogId(null)} />
      )}
      {isDismissing && <DismissDialog id={id} onClose={() => setDismissing(false)} />}
    </div>
  );
}

function OtherCall({ onChoose }: { onChoose(callLogId: string): void }) {
  const [text, setText] = useState('');
  return (
    <Form
      className="flex items-end gap-2"
      error={null}
      onSubmit={() => {
        if (text.trim() !== '') onChoose(text.trim());
      }}
    >
      <TextField
        label="Another call"
        isLabelHidden
        value={text}
        onChange={setText}
        placeholder="Id of another call"
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" disabled={text.trim() === ''}>
        Attach
      </Button>
    </Form>
  );
}
