import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useFields } from '../../../api/fields.ts';
import { FieldsetError } from '../../../components/forms/form.tsx';
import { useFieldLabel } from '../../../components/values/field-name.tsx';

export type AllowedFields = NonNullable<WebhookJson['allowed_fields']>;

export type AllowedFieldsProps = {
  type: WebhookJson['type'];
  /** null: all that the type has */
  value: AllowedFields | null;
  error?: string | undefined;
  onChange(value: AllowedFields | null): void;
};

/** Which fields the sender may set: all, or those that are ticked. */
export function AllowedFieldsField({ type, value, error, onChange }: AllowedFieldsProps) {
  const fields = useFields().filter(({ webhook_types: types }) => types.some((one) => one.type === type));
  const all = [
    ...fields.map(({ name }) => name),
    ...(type === 'update_revenue' ? [] : ['add', 'remove']),
  ] as AllowedFields; // the names of the server's table
  const labelOf = useFieldLabel();
  const ticked = value ?? all;
  const toggle = (name: AllowedFields[number]) => {
    const next = all.filter((one) => (one === name ? !ticked.includes(one) : ticked.includes(one)));
    onChange(next.length === all.length ? null : next);
  };
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium text-sm">May set</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {all.map((name) => (
          <label key={name} className="flex items-center gap-1.5 text-sm">
            <input type="checkbox" checked={ticked.includes(name)} onChange={() => toggle(name)} />
            {labelOf(name)}
          </label>
        ))}
      </div>
      <p className="mt-1 text-muted text-xs">
        {value === null
          ? 'Every field, including fields that later versions add.'
          : 'A postback that sets anything else is rejected as a whole. Fields that later versions add are not allowed until you tick them.'}
      </p>
      <FieldsetError field="allowed_fields" error={error} />
    </fieldset>
  );
}
