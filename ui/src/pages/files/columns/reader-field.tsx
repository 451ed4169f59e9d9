import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useWebhooks } from '../../../api/webhooks/webhooks.ts';
import { SelectField } from '../../../components/field.tsx';

/** Incoming webhooks that read a file by a separate mapping. */
export function useReaders(): WebhookJson[] {
  const { rows: webhooks = [] } = useWebhooks();
  return webhooks.filter(
    ({ mapping, preset, type }) => (mapping !== null || preset !== null) && type !== 'call_data',
  );
}

export type ReaderFieldProps = {
  readers: readonly WebhookJson[];
  /** the id of a webhook; empty: the columns are chosen on the page */
  value: string;
  hint: string;
  onChange(id: string): void;
};

/** Who says what the columns mean: the person, or the mapping of a webhook. Nothing where there is no such webhook. */
export function ReaderField({ readers, value, hint, onChange }: ReaderFieldProps) {
  if (readers.length === 0) return null;
  return (
    <div className="max-w-xl">
      <SelectField
        label="The columns are read"
        value={value}
        choices={[
          { value: '', label: 'as you choose below' },
          ...readers.map(({ id, name }) => ({ value: id, label: `by the mapping of ${name}` })),
        ]}
        hint={value === '' ? undefined : hint}
        onChange={onChange}
      />
    </div>
  );
}
