import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useFields } from '../../../api/fields.ts';
import { type Choice, SelectField } from '../../../components/field.tsx';
import { useFieldLabel } from '../../../components/values/field-name.tsx';
import type { WebhookType } from '../webhook-words.ts';

type Repeats = WebhookJson['repeats'];
type Name = keyof Repeats;
type Policy = NonNullable<Repeats[Name]>;

const policies: (Choice & { value: Policy })[] = [
  { value: 'set', label: 'Use the last value' },
  { value: 'keep', label: 'Keep the first value' },
  { value: 'refuse', label: 'Reject another value' },
  { value: 'add', label: 'Add up the amounts' },
];

export type RepeatFieldsProps = { type: WebhookType; value: Repeats; onChange(value: Repeats): void };

/** What a postback does to a field that has a value: for all fields, and for single ones. */
export function RepeatFields({ type, value, onChange }: RepeatFieldsProps) {
  const labelOf = useFieldLabel();
  const fields = useFields().filter(({ webhook_types: types }) => types.some((one) => one.type === type));
  const rows = [
    ...fields.map((field) => ({ name: field.name as Name, isAmount: field.type === 'money' })), // the names of the server's table
    ...(type === 'update_revenue' ? [] : [{ name: 'add' as const, isAmount: false }]),
  ];
  const set = (name: Name, chosen: string) => {
    const { [name]: _before, ...others } = value;
    const policy = policies.find((one) => one.value === chosen)?.value;
    onChange(
      policy === undefined || (name === '*' && policy === 'set') ? others : { ...others, [name]: policy },
    );
  };
  const choicesFor = (isAmount: boolean) => policies.filter((one) => one.value !== 'add' || isAmount);
  const [hasOwn] = useState(() => Object.keys(value).some((name) => name !== '*'));
  const needsId = Object.values(value).includes('add');
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium text-sm">A field that already has a value</legend>
      <div className="sm:w-1/2">
        <SelectField
          label="All fields"
          value={value['*'] ?? 'set'}
          choices={choicesFor(value['*'] === 'add')}
          onChange={(chosen) => set('*', chosen)}
        />
      </div>
      <details className="mt-2" open={hasOwn || undefined}>
        <summary className="cursor-pointer text-accent text-sm">Different rules for single fields</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {rows.map(({ name, isAmount }) => (
            <SelectField
              key={name}
              label={name === 'add' ? 'Tags' : labelOf(name)}
              value={value[name] ?? ''}
              choices={[{ value: '', label: 'As all fields' }, ...choicesFor(isAmount)]}
              onChange={(chosen) => set(name, chosen)}
            />
          ))}
        </div>
      </details>
      {needsId && (
        <p className="mt-1 text-muted text-xs">
          To add up amounts, each postback must have a transaction id. Otherwise a retry would count twice.
        </p>
      )}
    </fieldset>
  );
}
