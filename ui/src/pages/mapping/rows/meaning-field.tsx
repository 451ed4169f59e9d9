import { SelectField, TextField } from '../../../components/field.tsx';
import type { MappingField } from '../mapping-fields.ts';
import type { Constant } from './rows.ts';

export type MeaningFieldProps = {
  label: string;
  isLabelHidden?: boolean;
  field: Pick<MappingField, 'type' | 'choices'>;
  value: unknown;
  onChange(value: Constant): void;
};

/** A value of a field, as a word or a constant means it. */
export function MeaningField({ label, isLabelHidden = false, field, value, onChange }: MeaningFieldProps) {
  if (field.type === 'boolean') {
    return (
      <SelectField
        label={label}
        isLabelHidden={isLabelHidden}
        value={String(value)}
        choices={[
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]}
        onChange={(chosen) => onChange(chosen === 'true')}
      />
    );
  }
  if (field.choices.length > 0) {
    return (
      <SelectField
        label={label}
        isLabelHidden={isLabelHidden}
        value={value === null ? '' : String(value)}
        choices={[
          { value: '', label: 'Nothing' },
          ...field.choices.map((choice) => ({ value: choice, label: choice })),
        ]}
        onChange={(chosen) => onChange(chosen === '' ? null : chosen)}
      />
    );
  }
  return (
    <TextField
      label={label}
      isLabelHidden={isLabelHidden}
      value={value === null || value === undefined ? '' : String(value)}
      maxLength={1_000}
      onChange={onChange}
    />
  );
}
