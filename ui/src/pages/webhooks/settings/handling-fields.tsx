import type {
  WebhookChangeBody,
  WebhookJson,
} from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { SelectField, TextField } from '../../../components/field.tsx';
import type { WebhookType } from '../webhook-words.ts';
import { RepeatFields } from './repeat-fields.tsx';

/** What happens to requests without a call, to repeats and to what cannot be read, as it is typed. */
export type Handling = Pick<WebhookJson, 'unmatched' | 'same_transaction' | 'on_unreadable' | 'repeats'> & {
  waitHours: string;
};

export function handlingOf(webhook: WebhookJson): Handling {
  const { unmatched, same_transaction, on_unreadable, repeats, wait_hours: hours } = webhook;
  return { unmatched, same_transaction, on_unreadable, repeats, waitHours: String(hours) };
}

const waitHoursMax = 2160;

/** What the API takes, or what is wrong with the hours. */
export function readHandling(
  type: WebhookType,
  { waitHours, unmatched, same_transaction, on_unreadable, repeats }: Handling,
): { settings: WebhookChangeBody; error?: string } {
  if (!isPostback(type)) return { settings: { on_unreadable } };
  const hours = Number(waitHours);
  const isWrong = waitHours.trim() === '' || !Number.isInteger(hours) || hours < 1 || hours > waitHoursMax;
  const settings = { unmatched, same_transaction, on_unreadable, repeats };
  if (unmatched === 'refuse') return { settings };
  return isWrong
    ? { settings, error: 'Between 1 hour and 90 days (2,160 hours), in whole hours.' }
    : { settings: { ...settings, wait_hours: hours } };
}

/** Whether requests of this type change calls that exist. */
function isPostback(type: WebhookType): boolean {
  return type !== 'calls' && type !== 'call_data';
}

const unmatchedChoices = [
  { value: 'refuse', label: 'Reject it' },
  { value: 'wait', label: 'Wait for its call' },
] as const;
const transactionChoices = [
  { value: 'refuse', label: 'Reject it' },
  { value: 'correct', label: 'Replace the earlier values' },
] as const;
const unreadableChoices = [
  { value: 'refuse', label: 'Reject it' },
  { value: 'keep', label: 'Keep it until the mapping is corrected' },
] as const;

export type HandlingFieldsProps = {
  type: WebhookType;
  value: Handling;
  error: string | undefined;
  onChange(value: Handling): void;
};

export function HandlingFields({ type, value, error, onChange }: HandlingFieldsProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="A request that cannot be read"
          value={value.on_unreadable}
          choices={unreadableChoices}
          onChange={(chosen) => onChange({ ...value, on_unreadable: chosen === 'keep' ? 'keep' : 'refuse' })}
          hint="Kept requests are listed in the tab “Mapping”"
        />
        {isPostback(type) && (
          <SelectField
            label="Another update with a known transaction id"
            value={value.same_transaction}
            choices={transactionChoices}
            onChange={(chosen) =>
              onChange({ ...value, same_transaction: chosen === 'correct' ? 'correct' : 'refuse' })
            }
            hint="Replace: for networks that send pending, approved and charged back under one id"
          />
        )}
        {isPostback(type) && (
          <SelectField
            label="A postback without a call"
            value={value.unmatched}
            choices={unmatchedChoices}
            onChange={(chosen) => onChange({ ...value, unmatched: chosen === 'wait' ? 'wait' : 'refuse' })}
            hint="Wait: for senders that are faster than your phone system"
          />
        )}
        {isPostback(type) && value.unmatched === 'wait' && (
          <TextField
            label="Hours to wait"
            field="wait_hours"
            inputMode="numeric"
            value={value.waitHours}
            error={error}
            onChange={(waitHours) => onChange({ ...value, waitHours })}
            hint="After them, the postback expires"
          />
        )}
      </div>
      {isPostback(type) && (
        <RepeatFields
          type={type}
          value={value.repeats}
          onChange={(repeats) => onChange({ ...value, repeats })}
        />
      )}
    </>
  );
}
