import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';

export type AllowedFields = NonNullable<WebhookJson['allowed_fields']>;

/** What each type of webhook can set. */
const fieldsOfType: Record<WebhookJson['type'], AllowedFields> = {
  update_fields: [
    'converted',
    'call_converted_at',
    'revenue_paid_out',
    'publisher_paid_out',
    'reason',
    'no_payout_reason',
    'add',
    'remove',
  ],
  update_revenue: ['converted', 'call_converted_at', 'revenue_paid_out'],
  update_tags: ['add', 'remove'],
};

export type AllowedFieldsProps = {
  type: WebhookJson['type'];
  /** null: all that the type has */
  value: AllowedFields | null;
  error?: string | undefined;
  onChange(value: AllowedFields | null): void;
};

/** Which fields the sender may set: all, or those that are ticked. */
export function AllowedFieldsField({ type, value, error, onChange }: AllowedFieldsProps) {
  const all = fieldsOfType[type];
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
            <code className="font-mono text-xs">{name}</code>
          </label>
        ))}
      </div>
      <p className="mt-1 text-muted text-xs">
        A postback that sets anything else is rejected as a whole; add and remove are tags
      </p>
      {error !== undefined && (
        <p role="alert" className="mt-1 text-danger text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
