import { useId } from 'react';
import { controlStyle } from '../../../components/field.tsx';
import type { BuilderField } from './builder-fields.ts';

/** Which fields a request has, and what each says. */
export type FieldValues = Readonly<Record<string, { isUsed: boolean; value: string }>>;

export type RequestFieldsProps = {
  fields: readonly BuilderField[];
  values: FieldValues;
  onChange(values: FieldValues): void;
};

const groups = [
  { id: 'call', title: 'Which call' },
  { id: 'update', title: 'What to set' },
  { id: 'request', title: 'About the request' },
] as const;

/** A row for each field: tick it, and type its value. Typing ticks it, too. */
export function RequestFields({ fields, values, onChange }: RequestFieldsProps) {
  return (
    <div className="space-y-5">
      {groups.map(({ id, title }) => (
        <fieldset key={id}>
          <legend className="mb-1.5 font-medium text-sm">{title}</legend>
          <div className="space-y-2">
            {fields
              .filter((field) => field.group === id)
              .map((field) => (
                <FieldRow
                  key={field.name}
                  field={field}
                  used={values[field.name] ?? { isUsed: false, value: '' }}
                  onChange={(used) => onChange({ ...values, [field.name]: used })}
                />
              ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

type FieldRowProps = {
  field: BuilderField;
  used: { isUsed: boolean; value: string };
  onChange(used: { isUsed: boolean; value: string }): void;
};

function FieldRow({ field, used, onChange }: FieldRowProps) {
  const hintId = useId();
  return (
    <div className="grid grid-cols-[1fr] items-start gap-x-3 gap-y-1 sm:grid-cols-[11.5rem_1fr]">
      <label className="flex h-8.5 items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={used.isUsed}
          onChange={(event) => onChange({ ...used, isUsed: event.target.checked })}
        />
        <code className="font-mono text-xs">{field.name}</code>
      </label>
      <div>
        <input
          aria-label={`Value of ${field.name}`}
          aria-describedby={hintId}
          dir="auto"
          value={used.value}
          placeholder={field.example}
          onChange={(event) => onChange({ isUsed: event.target.value !== '', value: event.target.value })}
          className={`${controlStyle} h-8.5 ${used.isUsed ? '' : 'border-line-strong/50'}`}
        />
        <p id={hintId} className="mt-0.5 text-muted text-xs">
          {field.hint}
        </p>
      </div>
    </div>
  );
}

/** The names and values that are ticked, in the order of the form. */
export function usedValues(fields: readonly BuilderField[], values: FieldValues): [string, string][] {
  return fields.flatMap(({ name }): [string, string][] => {
    const used = values[name];
    return used?.isUsed === true ? [[name, used.value]] : [];
  });
}
