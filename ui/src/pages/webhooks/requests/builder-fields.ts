import { type FieldJson, useFields } from '../../../api/fields.ts';
import type { WebhookType } from '../webhook-words.ts';

export type BuilderField = {
  name: string;
  hint: string;
  /** a value that shows what is meant */
  example: string;
  group: 'call' | 'update' | 'request';
};

const callId: BuilderField = {
  ...{ name: 'call_log_id', example: 'CA123', group: 'call' },
  hint: 'The call’s id: finds exactly one',
};
const phoneNumber: BuilderField = {
  ...{ name: 'phone_number', example: '+12135550142', group: 'call' },
  hint: 'The caller’s number: finds a call in the match window',
};
const state: BuilderField = {
  ...{ name: 'state', example: 'completed', group: 'update' },
  hint: 'live or completed: whether the call is going on or has ended',
};
const add: BuilderField = {
  ...{ name: 'add', example: 'deal:won', group: 'update' },
  hint: 'Tags to add: key:value, several by comma',
};
const remove: BuilderField = {
  ...{ name: 'remove', example: 'callback', group: 'update' },
  hint: 'Keys of tags to remove, several by comma',
};
const lifespan: BuilderField = {
  ...{ name: 'lifespan_seconds', example: '3600', group: 'request' },
  hint: 'How long the data is valid, in seconds',
};
const transactionId: BuilderField = {
  ...{ name: 'transaction_id', example: 'order-77', group: 'request' },
  hint: 'The sender’s id of the request: a repeat has no second effect',
};

type OwnFields = {
  /** each names the call; the first one is ticked at first */
  call: BuilderField[];
  before?: BuilderField[];
  after?: BuilderField[];
  request?: BuilderField[];
  /** what a first postback most likely sets */
  atFirst: string[];
};

const ofType: Record<WebhookType, OwnFields> = {
  update_fields: {
    call: [callId, phoneNumber],
    after: [add, remove],
    atFirst: ['converted', 'revenue_paid_out'],
  },
  update_revenue: { call: [callId, phoneNumber], atFirst: ['revenue'] },
  update_tags: { call: [callId, phoneNumber], after: [add, remove], atFirst: ['add'] },
  calls: {
    call: [{ ...callId, hint: 'The id of the call: every event of the call has it' }],
    before: [state],
    after: [add],
    atFirst: ['phone_number', 'state'],
  },
  call_data: {
    call: [{ ...phoneNumber, hint: 'The caller’s number: the data is for the next call from it' }],
    after: [
      { ...add, example: 'zip:90210', hint: `${add.hint}. A parameter of any other name is a tag, too` },
    ],
    request: [lifespan],
    atFirst: ['add'],
  },
};

/** What a postback of this type may contain, in the order of the form. */
export function useBuilderFields(type: WebhookType): BuilderField[] {
  const { call, before = [], after = [], request = [] } = ofType[type];
  const fromTable = useFields().flatMap((field) => builderField(field, type));
  return [...call, ...before, ...fromTable, ...after, ...request, transactionId];
}

/** The parameters of which one must be sent, to say which call is meant. */
export function callNamesOf(type: WebhookType): string[] {
  return ofType[type].call.map(({ name }) => name);
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
  return [...callNamesOf(type).slice(0, 1), ...ofType[type].atFirst];
}
