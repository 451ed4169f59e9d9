import { type FieldJson, useFields } from '../../../api/fields.ts';
import type { WebhookType } from '../webhook-words.ts';

export type BuilderField = {
  name: string;
  hint: string;
  /** a value that shows what is meant */
  example: string;
  group: 'call' | 'update' | 'request';
};

const call: BuilderField[] = [
  { name: 'call_log_id', hint: 'The call’s id: finds exactly one', example: 'CA123', group: 'call' },
  {
    name: 'phone_number',
    hint: 'The caller’s number: finds a call in the match window',
    example: '+12135550142',
    group: 'call',
  },
];

const tags: BuilderField[] = [
  { name: 'add', hint: 'Tags to add: key:value, several by comma', example: 'deal:won', group: 'update' },
  { name: 'remove', hint: 'Keys of tags to remove, several by comma', example: 'callback', group: 'update' },
];

const request: BuilderField[] = [
  {
    name: 'transaction_id',
    hint: 'The sender’s id of the request: a repeat has no second effect',
    example: 'order-77',
    group: 'request',
  },
];

const tagTypes: readonly WebhookType[] = ['update_fields', 'update_tags'];

/** What a postback of this type may contain, in the order of the form. */
export function useBuilderFields(type: WebhookType): BuilderField[] {
  const updates = useFields().flatMap((field) => builderField(field, type));
  return [...call, ...updates, ...(tagTypes.includes(type) ? tags : []), ...request];
}

function builderField(field: FieldJson, type: WebhookType): BuilderField[] {
  const name = field.webhook_types.find((one) => one.type === type)?.name;
  if (name === undefined) return [];
  const choices = field.choices.length > 0 ? ` One of: ${field.choices.join(', ')}.` : '';
  const when = field.completed_only ? ' Completed calls only.' : '';
  const hint = `${field.label}: ${field.help}${choices}${when}`;
  return [{ name, hint, example: field.example, group: 'update' }];
}

/** Which fields a first postback most likely has. */
export function fieldsAtFirst(type: WebhookType): string[] {
  const first: Partial<Record<WebhookType, string[]>> = {
    update_fields: ['converted', 'revenue_paid_out'],
    update_revenue: ['revenue'],
    update_tags: ['add'],
    calls: ['phone_number', 'state'],
  };
  return ['call_log_id', ...(first[type] ?? [])];
}
