import { TextField } from '../../../components/field.tsx';

const graceHoursMax = 8760;
export const graceHoursDefault = '24';

/** Null for what is no number of hours that the API takes. */
export function readGraceHours(text: string): number | null {
  const hours = Number(text);
  return text.trim() !== '' && hours >= 0 && hours <= graceHoursMax ? hours : null;
}

type GraceHoursFieldProps = { what: 'key' | 'secret'; value: string; onChange(value: string): void };

/** How long the old key or secret works on, so that the sender can change over. */
export function GraceHoursField({ what, value, onChange }: GraceHoursFieldProps) {
  return (
    <TextField
      label={`Hours that the old ${what} keeps working`}
      field="grace_hours"
      inputMode="decimal"
      value={value}
      onChange={onChange}
      error={readGraceHours(value) === null ? `From 0 to ${graceHoursMax}.` : undefined}
      hint={`0 ends it at once: for a ${what} that leaked.`}
    />
  );
}
