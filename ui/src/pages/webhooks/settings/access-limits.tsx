import type {
  WebhookChangeBody,
  WebhookJson,
} from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { TextAreaField, TextField } from '../../../components/field.tsx';
import { type AllowedFields, AllowedFieldsField } from './allowed-fields.tsx';

/** What a webhook lets in, as it is typed. */
export type AccessLimits = {
  addresses: string;
  rate: string;
  acceptsGet: boolean;
  /** null: all that the type has */
  fields: AllowedFields | null;
};

export const noLimits: AccessLimits = { addresses: '', rate: '', acceptsGet: true, fields: null };

export function accessLimitsOf(webhook: WebhookJson): AccessLimits {
  return {
    addresses: (webhook.allowed_addresses ?? []).join('\n'),
    rate: webhook.rate_limit_per_minute?.toString() ?? '',
    acceptsGet: webhook.accepts_get,
    fields: webhook.allowed_fields,
  };
}

type Settings = Pick<
  WebhookChangeBody,
  'allowed_addresses' | 'rate_limit_per_minute' | 'accepts_get' | 'allowed_fields'
>;
export type LimitErrors = { rate?: string; fields?: string };

/** What the API takes, or what is wrong; addresses are the server's to judge. */
export function readAccessLimits({ addresses, rate, acceptsGet, fields }: AccessLimits): {
  settings: Settings;
  errors: LimitErrors;
} {
  const list = addresses.split(/[\s,]+/).filter((one) => one !== '');
  const isRate = rate.trim() === '' || /^[1-9]\d{0,6}$/.test(rate.trim());
  return {
    settings: {
      allowed_addresses: list.length === 0 ? null : list,
      rate_limit_per_minute: rate.trim() === '' ? null : Number(rate),
      accepts_get: acceptsGet,
      allowed_fields: fields,
    },
    errors: {
      ...(!isRate && { rate: 'A whole number, or empty for no limit.' }),
      ...(fields?.length === 0 && { fields: 'Tick what it may set; to take nothing, pause it.' }),
    },
  };
}

export type AccessLimitFieldsProps = {
  type: WebhookJson['type'];
  value: AccessLimits;
  errors: LimitErrors;
  onChange(value: AccessLimits): void;
};

/** From where, how often, by which method, and what a sender may set. */
export function AccessLimitFields({ type, value, errors, onChange }: AccessLimitFieldsProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextAreaField
          label="Allowed addresses"
          value={value.addresses}
          onChange={(addresses) => onChange({ ...value, addresses })}
          field="allowed_addresses"
          hint="IP addresses or ranges (CIDR), one a line; empty: from anywhere"
        />
        <div className="space-y-4">
          <TextField
            label="Requests a minute"
            inputMode="numeric"
            value={value.rate}
            onChange={(rate) => onChange({ ...value, rate })}
            field="rate_limit_per_minute"
            error={errors.rate}
            placeholder="no limit"
            hint="Further requests are rejected with 429, and may be sent again"
          />
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={value.acceptsGet}
              onChange={(event) => onChange({ ...value, acceptsGet: event.target.checked })}
            />
            Accept GET (pixels and plain links)
          </label>
        </div>
      </div>
      <AllowedFieldsField
        type={type}
        value={value.fields}
        error={errors.fields}
        onChange={(fields) => onChange({ ...value, fields })}
      />
    </>
  );
}
