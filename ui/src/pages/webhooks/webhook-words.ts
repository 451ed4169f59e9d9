import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import type { Choice } from '../../components/field.tsx';

export type WebhookType = WebhookJson['type'];

/** What each type is called. */
export const typeNames: Record<WebhookType, string> = {
  update_fields: 'Conversions, revenue and more',
  update_revenue: 'Revenue only',
  update_tags: 'Tags only',
  calls: 'Calls',
  call_data: 'Data about callers',
};

/** What each type is for, in one line. */
export const typeWords: Record<WebhookType, string> = {
  update_fields: 'Conversions, revenue, payouts, reasons and tags of a call: everything a sender may set.',
  update_revenue: 'Only what the buyer pays, and whether the call converted.',
  update_tags: 'Only tags: add them, overwrite them, remove them.',
  calls: 'The calls themselves, as a phone system reports them: start, answer, end, caller.',
  call_data: 'What is known about a caller before the call. It becomes tags of the next call of that number.',
};

export const webhookTypes = Object.keys(typeWords) as WebhookType[]; // Object.keys widens to string

/** Where senders of each type post to, below the server's address. */
export const typePaths: Record<WebhookType, string> = {
  update_fields: 'update-fields',
  update_revenue: 'update-revenue',
  update_tags: 'update-tags',
  calls: 'calls',
  call_data: 'call-data',
};

export const matchRuleChoices: readonly (Choice & { value: WebhookJson['match_rule'] })[] = [
  { value: 'latest', label: 'Latest: the call that started last' },
  { value: 'first', label: 'First: the call that started first' },
  { value: 'longest', label: 'Longest: the call that lasted longest' },
  { value: 'only', label: 'Only: reject when several match' },
];

export const windowUnits = [
  { value: '24', label: 'days' },
  { value: '1', label: 'hours' },
] as const satisfies Choice[];
