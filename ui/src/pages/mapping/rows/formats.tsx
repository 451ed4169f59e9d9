/** How amounts, times, durations and numbers are written, as choices among examples. */
import { useSession } from '../../../api/session.ts';
import { SelectField, TextField } from '../../../components/field.tsx';
import type { RowChanges, RowJson } from './rows.ts';

export type FormatProps = { row: RowJson; onChange(changes: RowChanges): void };

type Signs = { decimal: string | undefined; thousands: string | undefined; unit: string | undefined };
const amounts: { value: string; label: string; signs: Signs }[] = [
  { value: 'plain', label: '1234.50', signs: { decimal: undefined, thousands: undefined, unit: undefined } },
  { value: 'comma', label: '1,234.50', signs: { decimal: undefined, thousands: ',', unit: undefined } },
  { value: 'dot', label: '1.234,50', signs: { decimal: ',', thousands: '.', unit: undefined } },
  { value: 'space', label: '1 234,50', signs: { decimal: ',', thousands: ' ', unit: undefined } },
  {
    value: 'decimal-comma',
    label: '1234,50',
    signs: { decimal: ',', thousands: undefined, unit: undefined },
  },
  {
    value: 'cents',
    label: '123450 (cents)',
    signs: { decimal: undefined, thousands: undefined, unit: 'cents' },
  },
];

export function MoneyFormat({ row, onChange }: FormatProps) {
  const { decimal, thousands, unit, currency } = row;
  const found = amounts.find(
    ({ signs }) =>
      signs.decimal === (decimal === '.' ? undefined : decimal) &&
      signs.thousands === thousands &&
      signs.unit === unit,
  );
  const change = (signs: Signs, sign: string | undefined) => {
    const isPlain = sign === undefined && Object.values(signs).every((one) => one === undefined);
    onChange({ ...signs, currency: sign, as: isPlain ? undefined : 'money' });
  };
  return (
    <div className="grid gap-2 sm:grid-cols-2">
      <SelectField
        label="Amounts are written"
        value={found?.value ?? 'other'}
        choices={[
          ...amounts,
          ...(found === undefined ? [{ value: 'other', label: 'As written in JSON' }] : []),
        ]}
        onChange={(chosen) =>
          change(
            amounts.find(({ value }) => value === chosen)?.signs ?? { decimal, thousands, unit },
            currency,
          )
        }
      />
      <TextField
        label="Currency to remove"
        value={currency ?? ''}
        placeholder="none"
        maxLength={10}
        autoComplete="off"
        onChange={(sign) => change({ decimal, thousands, unit }, sign === '' ? undefined : sign)}
      />
    </div>
  );
}

const timeChoices = [
  { value: '', label: '2026-11-24T09:30:00Z, or Unix time' },
  { value: 'us', label: '11/24/2026 9:30 AM (month first)' },
  { value: 'eu', label: '24/11/2026 09:30 (day first)' },
];

export function TimeFormat({ row, onChange }: FormatProps) {
  const { account } = useSession();
  const { format = '', zone = '' } = row;
  const change = (nextFormat: string, nextZone: string) =>
    onChange({
      as: nextFormat === '' && nextZone === '' ? undefined : 'time',
      format: nextFormat === '' ? undefined : nextFormat,
      zone: nextZone === '' ? undefined : nextZone,
    });
  const isListed = timeChoices.some(({ value }) => value === format);
  const zones = new Set([...(zone === '' ? [] : [zone]), 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return (
    <div className="grid gap-2 sm:grid-cols-2">
      <SelectField
        label="Times are written"
        value={format}
        choices={[...timeChoices, ...(isListed ? [] : [{ value: format, label: format }])]}
        onChange={(chosen) => change(chosen, zone)}
      />
      <SelectField
        label="Time zone of times without an offset"
        value={zone}
        choices={[
          { value: '', label: `The account’s: ${account.time_zone}` },
          ...Array.from(zones, (name) => ({ value: name, label: name })),
        ]}
        onChange={(chosen) => change(format, chosen)}
      />
    </div>
  );
}

export function SecondsUnit({ row, onChange }: FormatProps) {
  const isMilliseconds = row.as === 'milliseconds' || row.unit === 'milliseconds';
  return (
    <SelectField
      label="Durations are written"
      value={isMilliseconds ? 'milliseconds' : row.as === undefined ? '' : 'seconds'}
      choices={[
        { value: '', label: 'Whole seconds: 95' },
        { value: 'seconds', label: 'Seconds or hours: 95.4 or 0:01:35' },
        { value: 'milliseconds', label: 'Milliseconds: 95000' },
      ]}
      onChange={(chosen) =>
        onChange({
          unit: undefined,
          as: chosen === 'seconds' || chosen === 'milliseconds' ? chosen : undefined,
        })
      }
    />
  );
}

export function PhoneFormat({ row, onChange }: FormatProps) {
  const { account } = useSession();
  return (
    <SelectField
      label="Numbers are written"
      value={row.format === 'e164' ? 'e164' : ''}
      choices={[
        { value: '', label: `With +, or as in the account’s country (${account.default_country})` },
        { value: 'e164', label: 'Digits that begin with the country code: 4930123456' },
      ]}
      onChange={(chosen) =>
        onChange({
          as: chosen === 'e164' || row.else !== undefined ? 'phone' : undefined,
          format: chosen === 'e164' ? chosen : undefined,
        })
      }
    />
  );
}
