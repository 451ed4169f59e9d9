import { useState } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Button } from '../../../components/button.tsx';
import { SelectField } from '../../../components/field.tsx';
import type { MappingField } from '../mapping-fields.ts';
import type { SampleValue } from '../sample/sample-value.ts';
import { Conditions } from './conditions.tsx';
import { MoneyFormat, PhoneFormat, SecondsUnit, TimeFormat } from './formats.tsx';
import { MeaningField } from './meaning-field.tsx';
import { changeRow, type RowChanges, type RowJson, sourcesOf } from './rows.ts';
import { WordTable } from './word-table.tsx';

export type RowOptionsProps = {
  field: MappingField;
  row: RowJson;
  values: readonly SampleValue[];
  requests: readonly PostbackJson[];
  onChange(row: RowJson): void;
};

/** How one field is read: how its text is written, and when. */
export function RowOptions(props: RowOptionsProps) {
  const { field, row, values, onChange } = props;
  return (
    <div className="space-y-2">
      <ContentOptions {...props} />
      <Conditions
        label={`${field.label} only if`}
        addLabel="Only under a condition"
        conditions={row.when ?? []}
        values={values}
        onChange={(when) => onChange(changeRow(row, { when: when.length === 0 ? undefined : when }))}
      />
    </div>
  );
}

/** Only what the kind of value needs. */
function ContentOptions({ field, row, values, requests, onChange }: RowOptionsProps) {
  if (row.from === undefined) {
    return (
      <MeaningField
        label={`Value of ${field.label}`}
        field={field}
        value={row.value}
        onChange={(value) => onChange({ ...row, value })}
      />
    );
  }
  const change = (changes: RowChanges) => onChange(changeRow(row, changes));
  return (
    <div className={field.type === 'text' ? 'flex flex-wrap items-end gap-2' : 'space-y-2'}>
      {field.type === 'money' && <MoneyFormat row={row} onChange={change} />}
      {field.type === 'time' && <TimeFormat row={row} onChange={change} />}
      {field.type === 'seconds' && <SecondsUnit row={row} onChange={change} />}
      {field.type === 'phone' && <PhoneFormat row={row} onChange={change} />}
      {hasWords(field) && <WordTable field={field} row={row} requests={requests} onChange={change} />}
      {field.type === 'text' && <MoreSources field={field} row={row} values={values} onChange={change} />}
    </div>
  );
}

/** An id is read as it is sent. */
function hasWords({ type, name }: MappingField): boolean {
  const isId = name === 'call_log_id' || name === 'transaction_id' || name === 'parent_call_log_id';
  return type === 'boolean' || type === 'choice' || (type === 'text' && !isId);
}

const combinations = [
  { value: 'first', label: 'The first that is not empty' },
  { value: '-', label: 'All, joined by a hyphen' },
];

/** An id that is made of several values, or that comes under several names. */
function MoreSources({
  field,
  row,
  values,
  onChange,
}: Omit<RowOptionsProps, 'requests' | 'onChange'> & { onChange(changes: RowChanges): void }) {
  const [isAdding, setAdding] = useState(false);
  const sources = sourcesOf(row);
  const rest = values.filter(({ source }) => !sources.includes(source));
  const isSeveral = sources.length > 1;
  return (
    <div className="flex flex-wrap items-end gap-2">
      {isSeveral && (
        <>
          <SelectField
            label={`Of ${sources.join(', ')}`}
            value={row.join === undefined ? 'first' : row.join}
            choices={
              row.join === undefined || row.join === '-'
                ? combinations
                : [...combinations, { value: row.join, label: `All, joined by “${row.join}”` }]
            }
            onChange={(chosen) => onChange({ join: chosen === 'first' ? undefined : chosen })}
          />
          <Button size="small" look="quiet" onClick={() => onChange({ from: sources[0], join: undefined })}>
            Only {sources[0]}
          </Button>
        </>
      )}
      {isAdding ? (
        <SelectField
          label={`Another value for ${field.label}`}
          value=""
          choices={[
            { value: '', label: 'Choose a value…' },
            ...rest.map(({ source }) => ({ value: source, label: source })),
          ]}
          onChange={(source) => {
            setAdding(false);
            if (source !== '') onChange({ from: [...sources, source] });
          }}
        />
      ) : (
        rest.length > 0 && (
          <Button size="small" look="quiet" onClick={() => setAdding(true)}>
            Add another value
          </Button>
        )
      )}
    </div>
  );
}
