import { useState } from 'react';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { Dialog, FormActions } from '../../components/dialogs/dialog.tsx';
import { DateField } from '../../components/forms/date-field.tsx';
import { Form } from '../../components/forms/form.tsx';
import { UndoMany } from './undo-many.tsx';

/** Undoes what a sender sent in a period: asks for the period, then shows what the undo would do. */
export function UndoPeriodDialog({ webhook, onClose }: { webhook: WebhookJson; onClose(): void }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [step, setStep] = useState<'period' | 'checked' | 'undo'>('period');
  const isReversed = from !== '' && to !== '' && from > to;
  if (step === 'undo')
    return (
      <UndoMany
        title="Undo postbacks of a period"
        description={
          <>
            <bdi>{webhook.name}</bdi>, {from.replace('T', ' ')} to {to.replace('T', ' ')}
          </>
        }
        webhookId={webhook.id}
        scope={{ from, to }}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      title="Undo postbacks of a period"
      description="Each value returns to what it was before this sender changed it, unless it was changed since. The next step shows the result before anything is changed."
      isOpen
      onClose={onClose}
    >
      <Form
        error={null}
        onSubmit={() => setStep(from === '' || to === '' || isReversed ? 'checked' : 'undo')}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <DateField
            label="From"
            hasTime
            value={from}
            onChange={setFrom}
            error={step === 'checked' && from === '' ? 'Choose when it begins.' : undefined}
          />
          <DateField
            label="To"
            hasTime
            value={to}
            onChange={setTo}
            error={step === 'checked' ? faultOfEnd(to, isReversed) : undefined}
          />
        </div>
        <FormActions onCancel={onClose}>Check</FormActions>
      </Form>
    </Dialog>
  );
}

function faultOfEnd(to: string, isReversed: boolean): string | undefined {
  if (to === '') return 'Choose when it ends.';
  return isReversed ? 'Choose an end after the start.' : undefined;
}
