import { type EventFieldName, eventFieldNames, type UpdateFieldName, updateFieldNames } from './fields.ts';

export type WebhookType = 'update_fields' | 'update_revenue' | 'update_tags' | 'calls' | 'call_data';

/** What a name of a sender may mean: a field, the tags, or what only a call event has. */
export type FieldMeant =
  | UpdateFieldName
  | EventFieldName
  | 'state'
  | 'happened_at'
  | 'parent_call_log_id'
  | 'add';

export type WebhookTypeRow = {
  /** the URL path, without a slash */
  path: string;
  /** the names a sender may use, and the field that each one means */
  fields: ReadonlyMap<string, FieldMeant>;
  hasTags: boolean;
  /** its requests are call events, which create calls and may set every field of one */
  isCallEvent?: true;
  /** a field that every postback must set */
  required?: { field: UpdateFieldName; name: string };
  /** names of its own for the number, the lifespan and the like; every other parameter is a tag */
  controls?: ReadonlyMap<string, string>;
};

/** The types of incoming webhook: rows of configuration over one pipeline (docs/senders.md#fields). */
export const webhookTypes: Readonly<Record<WebhookType, WebhookTypeRow>> = {
  update_fields: {
    path: 'update-fields',
    fields: new Map(updateFieldNames.map((name) => [name, name])),
    hasTags: true,
  },
  update_revenue: {
    path: 'update-revenue',
    fields: new Map([
      ['revenue', 'revenue_paid_out'],
      ['revenue_paid_out', 'revenue_paid_out'],
      ['amount', 'revenue_paid_out'],
      ['converted', 'converted'],
      ['call_converted_at', 'call_converted_at'],
    ]),
    hasTags: false,
    required: { field: 'revenue_paid_out', name: 'revenue' },
  },
  update_tags: { path: 'update-tags', fields: new Map(), hasTags: true },
  calls: {
    path: 'calls',
    fields: new Map<string, FieldMeant>([
      ...(
        ['state', 'happened_at', 'parent_call_log_id', ...eventFieldNames, ...updateFieldNames] as const
      ).map((name): [string, FieldMeant] => [name, name]),
      ['tags', 'add'],
    ]),
    hasTags: true,
    isCallEvent: true,
  },
  call_data: {
    path: 'call-data',
    fields: new Map(),
    hasTags: true,
    controls: new Map([
      ['phone_number', 'phone_number'],
      ['caller_id', 'phone_number'],
      ['lifespan_seconds', 'lifespan_seconds'],
      ['transaction_id', 'transaction_id'],
      ['dry_run', 'dry_run'],
      ['return', 'return'],
    ]),
  },
};

export const webhookTypeNames = Object.keys(webhookTypes) as WebhookType[]; // Object.keys widens to string
