import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { Explained } from '../../../api/webhooks/mapping.ts';
import { Button } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { fieldGroups, type MappingField } from '../mapping-fields.ts';
import type { SampleValue } from '../sample/sample-value.ts';
import { FieldRow } from './field-row.tsx';
import { type MappingJson, type RowJson, withRow } from './rows.ts';

export type FieldRowsProps = {
  fields: readonly MappingField[];
  mapping: MappingJson;
  /** the mapping of the platform, below the webhook's own */
  preset: MappingJson | null;
  values: readonly SampleValue[];
  explained: Explained | undefined;
  requests: readonly PostbackJson[];
  hasTags: boolean;
  /** the row by which a field reads a value */
  propose(field: string, value: SampleValue): RowJson;
  onChange(mapping: MappingJson): void;
};

/** Every field that a request may set, and every tag of the mapping: where it is read from, and what is read now. */
export function FieldRows(props: FieldRowsProps) {
  const { fields, mapping, preset, explained, hasTags, propose, onChange } = props;
  const known = new Set(fields.map(({ name }) => name));
  const others = [...new Set([...Object.keys(mapping.fields), ...Object.keys(preset?.fields ?? {})])].filter(
    (name) => !known.has(name),
  );
  const row = (field: MappingField) => (
    <FieldRow
      key={field.name}
      field={field}
      row={mapping.fields[field.name]}
      presetRow={preset?.fields[field.name] ?? undefined}
      values={props.values}
      read={explained?.fields[field.name]}
      requests={props.requests}
      propose={(value) => propose(field.name, value)}
      onChange={(next) => onChange(withRow(mapping, field.name, next))}
    />
  );
  return (
    <div className="space-y-5">
      {fieldGroups.map(({ id, title }) => {
        const own = fields.filter(({ group }) => group === id);
        return own.length === 0 ? null : (
          <section key={id} aria-label={title}>
            <h3 className="mb-1 font-medium text-muted text-xs">{title}</h3>
            <div className="divide-y divide-line border-line border-y">{own.map(row)}</div>
          </section>
        );
      })}
      {(hasTags || others.length > 0) && (
        <section aria-label="Tags">
          <h3 className="mb-1 font-medium text-muted text-xs">Tags</h3>
          {others.length > 0 && (
            <div className="divide-y divide-line border-line border-y">
              {others.map((name) => row(otherField(name)))}
            </div>
          )}
          {hasTags && <AddTag onAdd={(key) => onChange(withRow(mapping, `add.${key}`, { value: '' }))} />}
        </section>
      )}
    </div>
  );
}

/** A tag, or a name that the form does not list. */
function otherField(name: string): MappingField {
  const key = /^add\.(.*)$/s.exec(name)?.[1];
  return {
    ...{ name, type: 'text', choices: [], example: '', group: 'update' },
    label: key === undefined ? name : `Tag ${key}`,
    help: '',
  };
}

function AddTag({ onAdd }: { onAdd(key: string): void }) {
  const [key, setKey] = useState('');
  const add = () => {
    if (key.trim() !== '') onAdd(key.trim());
    setKey('');
  };
  return (
    <div className="mt-2 flex items-end gap-2">
      <div className="w-48">
        <TextField
          label="New tag"
          isLabelHidden
          value={key}
          maxLength={100}
          placeholder="Key of a tag"
          autoComplete="off"
          onChange={setKey}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
      </div>
      <Button icon={Plus} onClick={add} disabled={key.trim() === ''}>
        Add a tag
      </Button>
    </div>
  );
}
