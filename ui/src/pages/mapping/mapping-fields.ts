import { type FieldJson, useFields } from '../../api/fields.ts';
import { useFieldLabel } from '../../components/values/field-name.tsx';
import type { WebhookType } from '../webhooks/webhook-words.ts';

export type MappingField = Pick<FieldJson, 'name' | 'label' | 'help' | 'type' | 'choices' | 'example'> & {
  group: (typeof fieldGroups)[number]['id'];
};

export const fieldGroups = [
  { id: 'call', title: 'Which call' },
  { id: 'update', title: 'What to set' },
  { id: 'request', title: 'About the request' },
] as const;

type Own = Omit<MappingField, 'label' | 'choices'> & { choices?: string[] };

const callId: Own = {
  ...{ name: 'call_log_id', type: 'text', group: 'call', example: 'CA123' },
  help: 'The id of the call. It finds exactly one call.',
};
const phoneNumber: Own = {
  ...{ name: 'phone_number', type: 'phone', group: 'call', example: '+12135550142' },
  help: 'The number of the caller. It finds a call in the match window.',
};
const transactionId: Own = {
  ...{ name: 'transaction_id', type: 'text', group: 'request', example: 'order-77' },
  help: 'An id of the sender. A request that is repeated with it does nothing twice.',
};
const ofType: Record<WebhookType, Own[]> = {
  update_fields: [callId, phoneNumber, transactionId],
  update_revenue: [callId, phoneNumber, transactionId],
  update_tags: [callId, phoneNumber, transactionId],
  calls: [
    { ...callId, help: 'The id of the call. Every event of the call has it.' },
    {
      ...{
        name: 'state',
        type: 'choice',
        choices: ['live', 'completed'],
        group: 'call',
        example: 'completed',
      },
      help: 'Whether the call is going on or has ended.',
    },
    {
      ...{ name: 'parent_call_log_id', type: 'text', group: 'call', example: 'CA122' },
      help: 'Of a leg: the id of the call that it belongs to.',
    },
    {
      ...{ name: 'happened_at', type: 'time', group: 'request', example: '2026-11-24T09:30:00Z' },
      help: 'When the event happened. Times that the sender leaves out are taken from it.',
    },
    transactionId,
  ],
  call_data: [
    phoneNumber,
    {
      ...{ name: 'lifespan_seconds', type: 'seconds', group: 'request', example: '3600' },
      help: 'How long the data is valid, in seconds.',
    },
    transactionId,
  ],
};

/** The fields that a mapping of this type of webhook may have a row for, in the order of the form; tags are rows of their own. */
export function useMappingFields(type: WebhookType): MappingField[] {
  const labelOf = useFieldLabel();
  const own = ofType[type].map((field) => ({ choices: [], ...field, label: labelOf(field.name) }));
  const named = new Set(own.map(({ name }) => name));
  const fromTable = useFields()
    .filter(({ name, webhook_types: types }) => !named.has(name) && types.some((one) => one.type === type))
    .map((field) => ({ ...field, group: field.name === 'phone_number' ? 'call' : 'update' }) as const);
  const all: MappingField[] = [...own, ...fromTable];
  return fieldGroups.flatMap(({ id }) => all.filter(({ group }) => group === id));
}

/** The names that senders of a type may use, with the own name of each field. */
export function useFieldAliases(type: WebhookType): ReadonlyMap<string, string> {
  const aliases = useFields().flatMap(({ name, webhook_types: types }) =>
    types
      .filter((one) => one.type === type && one.name !== name)
      .map((one): [string, string] => [one.name, name]),
  );
  return new Map([...aliases, ...(otherAliases[type] ?? [])]);
}

const otherAliases: Partial<Record<WebhookType, [string, string][]>> = {
  update_revenue: [['amount', 'revenue_paid_out']],
  call_data: [['caller_id', 'phone_number']],
};
