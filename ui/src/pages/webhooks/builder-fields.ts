import type { WebhookType } from './webhook-words.ts';

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

const conversion: BuilderField[] = [
  { name: 'converted', hint: 'true or false', example: 'true', group: 'update' },
  {
    name: 'call_converted_at',
    hint: 'When; the time of receipt if left out',
    example: '2026-11-24T09:30:00Z',
    group: 'update',
  },
];

const addTags: BuilderField[] = [
  { name: 'add', hint: 'Tags to add: key:value, several by comma', example: 'deal:won', group: 'update' },
  { name: 'remove', hint: 'Keys of tags to remove, several by comma', example: 'callback', group: 'update' },
];

const updates: Record<WebhookType, BuilderField[]> = {
  update_fields: [
    ...conversion,
    { name: 'revenue_paid_out', hint: 'What the buyer pays', example: '12.50', group: 'update' },
    {
      name: 'publisher_paid_out',
      hint: 'What the publisher earns; completed calls only',
      example: '8.00',
      group: 'update',
    },
    { name: 'reason', hint: 'Text of up to 500 characters', example: 'Signed on site', group: 'update' },
    {
      name: 'no_payout_reason',
      hint: 'Holds the payout; completed calls only',
      example: 'Caps exceeded',
      group: 'update',
    },
    ...addTags,
  ],
  update_revenue: [
    { name: 'revenue', hint: 'What the buyer pays', example: '12.50', group: 'update' },
    ...conversion,
  ],
  update_tags: addTags,
};

const request: BuilderField[] = [
  {
    name: 'transaction_id',
    hint: 'An id of the sender’s: repeats do nothing twice',
    example: 'order-77',
    group: 'request',
  },
];

/** What a postback of this type may say, in the order of the form. */
export function builderFieldsOf(type: WebhookType): BuilderField[] {
  return [...call, ...updates[type], ...request];
}

/** Which fields a first postback most likely has. */
export function fieldsAtFirst(type: WebhookType): string[] {
  const first = {
    update_fields: ['converted', 'revenue_paid_out'],
    update_revenue: ['revenue'],
    update_tags: ['add'],
  };
  return ['call_log_id', ...first[type]];
}
