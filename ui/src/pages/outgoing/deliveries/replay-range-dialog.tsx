import { useState } from 'react';
import { type DeliveryStatus, useReplayDeliveries } from '../../../api/webhooks/deliveries.ts';
import { Dialog, FormActions } from '../../../components/dialogs/dialog.tsx';
import { DateField } from '../../../components/forms/date-field.tsx';
import { FieldsetError, Form } from '../../../components/forms/form.tsx';
import { FailureNote } from '../../../components/states/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { deliveryStatuses } from './delivery-words.ts';

const choices = deliveryStatuses.filter(({ value }) => value !== 'pending');

/** Sends the deliveries of a period again, in their order. */
export function ReplayRangeDialog({ webhookId, onClose }: { webhookId: string; onClose(): void }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [statuses, setStatuses] = useState<DeliveryStatus[]>(['failed']);
  const [isChecked, setChecked] = useState(false);
  const replay = useReplayDeliveries(webhookId);
  const toast = useToast();
  const submit = () => {
    setChecked(true);
    if (from === '' || statuses.length === 0) return;
    replay.mutate(
      { from, ...(to !== '' && { to }), status: statuses },
      {
        onSuccess: ({ replayed }) => {
          toast.done(replayed === 1 ? '1 delivery is sent again' : `${replayed} deliveries are sent again`);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      title="Replay a period"
      description="Sends its deliveries again in order, with the same event ids. Receivers that deduplicate by event id process none twice."
      isOpen
      onClose={onClose}
    >
      <Form
        error={replay.error}
        className="space-y-4"
        onSubmit={() => {
          submit();
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <DateField
            label="From"
            hasTime
            value={from}
            onChange={setFrom}
            field="from"
            error={isChecked && from === '' ? 'Choose when it begins.' : undefined}
          />
          <DateField
            label="To"
            hasTime
            value={to}
            onChange={setTo}
            hint="Until now if left empty"
            field="to"
          />
        </div>
        <fieldset>
          <legend className="mb-1 font-medium text-sm">Status</legend>
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            {choices.map(({ value, label }) => (
              <label key={value} className="flex items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  checked={statuses.includes(value)}
                  onChange={({ target }) =>
                    setStatuses(
                      target.checked ? [...statuses, value] : statuses.filter((one) => one !== value),
                    )
                  }
                />
                {label}
              </label>
            ))}
          </div>
          <FieldsetError
            field="status"
            error={isChecked && statuses.length === 0 ? 'Choose at least one.' : undefined}
          />
        </fieldset>
        <FailureNote error={replay.error} />
        <FormActions onCancel={onClose} isBusy={replay.isPending}>
          Replay
        </FormActions>
      </Form>
    </Dialog>
  );
}
