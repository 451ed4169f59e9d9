import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { SelectField, TextField } from '../../../components/field.tsx';
import { matchRuleChoices, windowUnits } from '../webhook-words.ts';

/** A window as it is typed: a number of days or hours. */
export type MatchSettings = { window: string; unitHours: string; rule: WebhookJson['match_rule'] };

export const matchDefaults: MatchSettings = { window: '7', unitHours: '24', rule: 'latest' };

const windowHoursMax = 2160;

export function matchSettingsOf({ match_window_hours: hours, match_rule: rule }: WebhookJson): MatchSettings {
  const inDays = hours % 24 === 0;
  return { window: String(inDays ? hours / 24 : hours), unitHours: inDays ? '24' : '1', rule };
}

/** What the API takes, or what is wrong with the window. */
export function readMatchSettings({
  window,
  unitHours,
  rule,
}: MatchSettings):
  | { error: string }
  | { error?: undefined; match_window_hours: number; match_rule: WebhookJson['match_rule'] } {
  const hours = Number(window) * Number(unitHours);
  if (window.trim() === '' || !Number.isInteger(hours) || hours < 1 || hours > windowHoursMax)
    return { error: 'Between 1 hour and 90 days, in whole hours.' };
  return { match_window_hours: hours, match_rule: rule };
}

export type MatchFieldsProps = {
  value: MatchSettings;
  error: string | undefined;
  onChange(value: MatchSettings): void;
};

/** How calls are found for senders that know only the caller's number. */
export function MatchFields({ value, error, onChange }: MatchFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="grid grid-cols-[1fr_6.5rem] items-start gap-2">
        <TextField
          label="Match window"
          field="match_window_hours"
          inputMode="numeric"
          value={value.window}
          error={error}
          onChange={(window) => onChange({ ...value, window })}
          hint="How far back a call may have started"
        />
        <div className="pt-6">
          <SelectField
            label="Unit of the match window"
            isLabelHidden
            value={value.unitHours}
            choices={windowUnits}
            onChange={(unitHours) => onChange({ ...value, unitHours })}
          />
        </div>
      </div>
      <SelectField
        label="Match rule"
        value={value.rule}
        choices={matchRuleChoices}
        onChange={(rule) => {
          const chosen = matchRuleChoices.find((choice) => choice.value === rule);
          if (chosen !== undefined) onChange({ ...value, rule: chosen.value });
        }}
        hint="Which one, when a number has several calls"
      />
    </div>
  );
}
