import { type Choice, SelectField } from '../../../components/field.tsx';
import type { MappingField } from '../mapping-fields.ts';
import type { SampleValue } from '../sample/sample-value.ts';
import { type RowJson, sourcesOf } from './rows.ts';

export type SourceFieldProps = {
  label: string;
  field: MappingField;
  /** null: none of the values is chosen */
  row: RowJson | null;
  values: readonly SampleValue[];
  /** what there is to choose besides values */
  others?: { before: readonly Choice[]; after: readonly Choice[]; chosen: string };
  /** the row that reads this value */
  propose(value: SampleValue): RowJson;
  onChange(row: RowJson): void;
  onOther?(chosen: string): void;
};

const constant = 'constant';
const from = 'from:';
const shownChars = 40;

/** Which value of the request is read. */
export function SourceField(props: SourceFieldProps) {
  const { label, field, row, values, others, propose, onChange, onOther } = props;
  const first = row === null ? undefined : sourcesOf(row)[0];
  const isMissing = first !== undefined && !values.some(({ source }) => source === first);
  const choices = [
    ...(others?.before ?? []),
    ...(isMissing ? [{ value: from + first, label: `${first} (not in this request)` }] : []),
    ...values.map(({ source, text }) => ({ value: from + source, label: `${source}: ${shorten(text)}` })),
    { value: constant, label: 'Always the same value' },
    ...(others?.after ?? []),
  ];
  const choose = (chosen: string) => {
    if (chosen === constant) onChange({ value: field.type === 'boolean' ? true : (field.choices[0] ?? '') });
    else if (chosen.startsWith(from)) {
      const source = chosen.slice(from.length);
      onChange(propose(values.find((value) => value.source === source) ?? { source, text: null }));
    } else onOther?.(chosen);
  };
  return (
    <SelectField
      label={label}
      isLabelHidden
      value={row === null ? (others?.chosen ?? '') : row.from === undefined ? constant : from + (first ?? '')}
      choices={choices}
      onChange={choose}
    />
  );
}

function shorten(text: string | null): string {
  if (text === null || text === '') return '(empty)';
  return text.length > shownChars ? `${text.slice(0, shownChars)}…` : text;
}
