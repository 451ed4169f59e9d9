import { TextField } from '../../../components/field.tsx';
import { TimeZoneField } from '../../../components/forms/time-zone-field.tsx';

/** The settings of an account, as they are typed. */
export type AccountDraft = { name: string; time_zone: string; default_country: string };

export function isComplete({ name, default_country: country }: AccountDraft): boolean {
  return name.trim() !== '' && countryOf(country) !== null;
}

export type AccountFieldsProps = {
  value: AccountDraft;
  /** from then on, the form shows what is missing */
  isChecked: boolean;
  onChange(value: AccountDraft): void;
};

export function AccountFields({ value, isChecked, onChange }: AccountFieldsProps) {
  const country = countryOf(value.default_country);
  return (
    <>
      <TextField
        label="Name"
        value={value.name}
        onChange={(name) => onChange({ ...value, name })}
        maxLength={200}
        field="name"
        error={isChecked && value.name.trim() === '' ? 'Enter a name.' : undefined}
      />
      <TimeZoneField
        value={value.time_zone}
        onChange={(timeZone) => onChange({ ...value, time_zone: timeZone })}
      />
      <TextField
        label="Default country"
        value={value.default_country}
        onChange={(text) => onChange({ ...value, default_country: text.toUpperCase() })}
        maxLength={2}
        autoComplete="off"
        field="default_country"
        error={isChecked && country === null ? 'Two letters of ISO 3166, such as US.' : undefined}
        hint={`Phone numbers without a country code are of ${country ?? 'this country: two letters, such as US'}`}
      />
    </>
  );
}

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Null for what is no country. */
function countryOf(code: string): string | null {
  return /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? null) : null;
}
