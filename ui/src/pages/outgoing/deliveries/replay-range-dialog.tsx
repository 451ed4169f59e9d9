import { useState } from 'react';
import { fieldErrors } from '../../../api/field-errors.ts';
import { type DeliveryStatus, useReplayDeliveries } from '../../../api/webhooks/deliveries.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog, DialogActions } from '../../../components/dialog.tsx';
import { FailureNote } from '../../../components/error-state.tsx';
import { TextField } from '../../../components/field.tsx';
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
  const errors = fieldErrors(replay.error);
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
      description="Sends its deliveries again in their order, each with the same event id: receivers that look at it take none twice."
      isOpen
      onClose={onClose}
    >
      <form
        noValidate
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="From"
            type="datetime-local"
            value={from}
            onChange={setFrom}
            error={isChecked && from === '' ? 'Choose when it begins.' : errors['from']}
          />
          <TextField
            label="To"
            type="datetime-local"
            value={to}
            onChange={setTo}
            hint="Until now if left empty"
            error={errors['to']}
          />
        </div>
        <fieldset>
          <legend className="mb-1 font-medium text-sm">Which of them</legend>
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
          {isChecked && statuses.length === 0 && (
            <p role="alert" className="mt-1 text-danger text-sm">
              Choose at least one.
            </p>
          )}
        </fieldset>
        <FailureNote error={replay.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={replay.isPending}>
            Replay
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
