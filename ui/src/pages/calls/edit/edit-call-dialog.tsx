import { use, useState } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type CallChangePreview, useChangeCall, usePreviewChange } from '../../../api/calls/calls.ts';
import { useFields } from '../../../api/fields.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog, DialogActions } from '../../../components/dialogs/dialog.tsx';
import { Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { formatInstant, TimeZone } from '../../../components/time.tsx';
import { useToast } from '../../../components/toast.tsx';
import { ChangeList } from '../../../components/values/changes.tsx';
import { UpdateList } from '../call/update-list.tsx';
import { changeOf, draftOf } from './call-draft.ts';
import { EditCallForm } from './edit-call-form.tsx';

/**
 * A change by hand, in two steps: first the server says what it would do, then it does it. The rules are those of a
 * postback, and the server's alone.
 */
export function EditCallDialog({ call, onClose }: { call: CallJson; onClose(): void }) {
  const timeZone = use(TimeZone);
  const fields = useFields().filter(({ is_update: isUpdate }) => isUpdate);
  const [before] = useState(() =>
    draftOf(call, fields, (at) => formatInstant(at, timeZone).replace(' ', 'T')),
  );
  const [draft, setDraft] = useState(before);
  const preview = usePreviewChange(call.call_log_id);
  const change = useChangeCall(call.call_log_id);
  const toast = useToast();
  const body = changeOf(draft, before, fields);
  const save = () =>
    change.mutate(body, {
      onSuccess: () => {
        toast.done(
          preview.data?.status === 'queued' ? 'Queued until the call completes' : 'The call is changed',
        );
        onClose();
      },
    });
  return (
    <Dialog
      title="Change the call"
      description="The rules of postbacks apply. The timeline shows the change with your name."
      isOpen
      isSticky={Object.keys(body).length > 0 && !change.isPending}
      lost="Your changes to the call are not saved."
      onClose={onClose}
    >
      {preview.data === undefined ? (
        <Form
          error={preview.error}
          onSubmit={() => {
            preview.mutate(body);
          }}
        >
          <EditCallForm call={call} fields={fields} draft={draft} onChange={setDraft} />
          <FailureNote error={preview.error} />
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              look="primary"
              isBusy={preview.isPending}
              disabled={Object.keys(body).length === 0}
            >
              Review
            </Button>
          </DialogActions>
        </Form>
      ) : (
        <>
          <Preview preview={preview.data} body={body} />
          <FailureNote error={change.error} />
          <DialogActions>
            <Button
              onClick={() => {
                preview.reset();
                change.reset();
              }}
            >
              Back
            </Button>
            <Button
              look="primary"
              isBusy={change.isPending}
              disabled={preview.data.status === 'unchanged'}
              onClick={save}
            >
              {preview.data.status === 'queued' ? 'Queue the change' : 'Change the call'}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}

function Preview({ preview, body }: { preview: CallChangePreview; body: Record<string, unknown> }) {
  if (preview.status === 'unchanged')
    return <p>The call has every value already: there is nothing to change.</p>;
  if (preview.status === 'applied') return <ChangeList label="What will change" changes={preview.changes} />;
  const { add = [], ...fields } = body as { add?: { key: string; value: string }[] };
  return (
    <>
      <p className="mb-3 text-sm">
        The call is live. The change waits and is applied when the call completes:
      </p>
      <UpdateList
        update={{ ...fields, add: Object.fromEntries(add.map(({ key, value }) => [key, value])) }}
      />
    </>
  );
}
