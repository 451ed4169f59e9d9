/** The documentation of the senders' endpoints. Core reads the values and tells every fault; nothing is validated here. */
import Type, { type TSchema } from 'typebox';
import { type WebhookType, webhookTypes } from '../../core/updates/fields/webhook-type.ts';
import { tagMembers, updateMembers } from '../operator/calls/call-schemas.ts';
import { postbackAnswerJson } from '../operator/postbacks/postback-schemas.ts';
import { problem, problemJson } from '../operator/problem-schemas.ts';
import { oneOf, optional } from '../operator/value-schemas.ts';

const postbackControls: Record<string, TSchema> = {
  call_log_id: Type.Union([Type.String({ maxLength: 128 }), Type.Integer()], {
    description: 'the call, by its id or one of its other ids; decides where a number is sent too',
    examples: ['CA123'],
  }),
  phone_number: Type.Union([Type.String(), Type.Integer()], {
    description: 'the caller’s number in any notation: the webhook’s rule selects one of its calls',
    examples: ['+12135550142'],
  }),
  transaction_id: Type.String({ maxLength: 200, description: 'repeats with the same id have one effect' }),
  dry_run: Type.Union([Type.Boolean(), Type.String()], {
    description: 'check and respond, and change nothing',
    examples: [false],
  }),
  return: oneOf(['json', 'gif', 'text', 'none'], {
    description: 'the form of the response; `gif` is that of the path with `.gif`',
  }),
};

/** What a payload of this type may say; core reads the values. */
function payloadMembers(type: WebhookType): Record<string, TSchema> {
  const row = webhookTypes[type];
  const fields = [...row.fields].map(
    ([name, field]) => [name, updateMembers[field] ?? Type.Unknown()] as const,
  );
  return { ...Object.fromEntries(fields), ...(row.hasTags && tagMembers) };
}

/** What call data says; every other parameter is a tag. */
const callDataMembers: Record<string, TSchema> = {
  phone_number: Type.Union([Type.String(), Type.Integer()], {
    description: 'of the caller; also `caller_id`',
  }),
  lifespan_seconds: Type.Union([Type.Integer({ minimum: 60, maximum: 604_800 }), Type.String()], {
    description: 'how long the data is good for; 3600 if left out',
  }),
  ...Object.fromEntries(
    Object.entries(postbackControls).filter(([name]) => name !== 'call_log_id' && name !== 'phone_number'),
  ),
};

function payloadOf(type: WebhookType, members: Record<string, TSchema>) {
  if (webhookTypes[type].controls !== undefined)
    return Type.Object(optional(callDataMembers), {
      title: 'CallDataPayload',
      description: named[type],
      examples: [samples[type]],
      additionalProperties: true,
    });
  const fields = Type.Object(optional(members), {
    title: `${words[type]}Fields`,
    description: 'fields may be here or at the top level',
  });
  return Type.Object(optional({ ...postbackControls, ...members, fields }), {
    title: `${words[type]}Payload`,
    description: named[type],
    examples: [samples[type]],
    ...(!webhookTypes[type].isCallEvent && {
      anyOf: [{ required: ['call_log_id'] }, { required: ['phone_number'] }],
    }),
  });
}

const words: Record<WebhookType, string> = {
  update_fields: 'UpdateFields',
  update_revenue: 'UpdateRevenue',
  update_tags: 'UpdateTags',
  calls: 'CallEvent',
  call_data: 'CallData',
};
const samples: Record<WebhookType, object> = {
  update_fields: {
    call_log_id: 'CA123',
    transaction_id: 'T-1001',
    converted: true,
    revenue_paid_out: '12.50',
    publisher_paid_out: '8.00',
    add: { deal: 'won' },
  },
  update_revenue: { phone_number: '+12135550142', transaction_id: 'T-1001', revenue: '12.50' },
  update_tags: { call_log_id: 'CA123', add: { deal: 'won' }, remove: ['stage'] },
  calls: {
    call_log_id: 'CA123',
    state: 'completed',
    phone_number: '+12135550142',
    started_at: '2026-11-23T10:00:00Z',
    ended_at: '2026-11-23T10:03:04Z',
    campaign: 'Roofing',
  },
  call_data: { phone_number: '+12135550142', lifespan_seconds: 3600, keyword: 'roof repair' },
};
const oneCall = 'Send `call_log_id` or `phone_number`';
/** What must be sent, which names alone do not tell. */
const named: Record<WebhookType, string> = {
  update_fields: `${oneCall}, and at least one field. A webhook with a mapping takes the sender’s own names.`,
  update_revenue: `${oneCall}, and \`revenue\`, which may also be called \`revenue_paid_out\` or \`amount\`.`,
  update_tags: `${oneCall}, and \`add\` or \`remove\`, or both.`,
  calls: 'Send `call_log_id`. An event with `parent_call_log_id` is a leg of that call.',
  call_data: 'Send `phone_number` or `caller_id`. Every other parameter is a tag of the caller’s next call.',
};

const binary = { schema: Type.String({ format: 'binary' }) };
const word = (example: string) => ({ schema: Type.String({ examples: [example] }) });
const gif = {
  description: 'A transparent GIF, whatever the outcome: the status and X-Postback-Status tell it',
  content: { 'image/gif': binary },
};
const { code, detail, errors, call_log_ids } = problemJson.properties;
/** With the members of a response to one postback, or of an error. */
export const itemMembers = {
  ...optional({ ...postbackAnswerJson.properties, code, detail, errors, call_log_ids }),
  status: oneOf(['created', 'applied', 'unchanged', 'queued', 'waiting', 'kept', 'ignored', 'rejected']),
};
const batchResult = Type.Object(
  { ...itemMembers, index: Type.Integer({ minimum: 0 }) },
  { title: 'BatchResult', description: 'with the members of a response to one postback, or of an error' },
);
export const batchSummary = Type.Object(
  {
    applied: Type.Integer(),
    unchanged: Type.Integer(),
    queued: Type.Integer(),
    duplicate: Type.Integer(),
    rejected: Type.Integer(),
    ...optional({
      created: Type.Integer(),
      waiting: Type.Integer(),
      kept: Type.Integer(),
      ignored: Type.Integer(),
    }),
  },
  { title: 'BatchSummary' },
);
const batchResponse = Type.Object(
  {
    batch_id: Type.String(),
    summary: batchSummary,
    results: Type.Array(batchResult),
    status: Type.Optional(oneOf(['ignored'], { description: '`only_when` is met by no record' })),
  },
  { title: 'BatchResponse' },
);
const ignoredResponse = Type.Object(
  { status: oneOf(['ignored']), dry_run: Type.Optional(Type.Boolean()) },
  {
    title: 'IgnoredResponse',
    description: '`only_when` of the mapping is not met: nothing is done',
    additionalProperties: false, // a batch may have the same status
  },
);
const createdResponse = Type.Object(
  { ...postbackAnswerJson.properties, status: oneOf(['created']) },
  { title: 'CallCreatedResponse' },
);
/** `each` selects records of a JSON body, so a GET has none. */
const responsesOf = (method: 'GET' | 'POST') =>
  Type.Unsafe({
    description:
      method === 'GET'
        ? 'one postback, unless the mapping ignores it'
        : 'one postback, unless the mapping ignores it, or has `each`: then a batch',
    oneOf: [postbackAnswerJson, ignoredResponse, ...(method === 'POST' ? [batchResponse] : [])],
  });

/** JSON, or text. The GIF is described at the paths with `.gif`: beside JSON, generated clients would read every response as bytes. */
const inAnyForm = (description: string, schema: TSchema = postbackAnswerJson) => ({
  description,
  content: {
    'application/json': { schema },
    'text/plain': word('OK'),
  },
});
const rejected = (description: string) => ({
  description,
  content: { ...problem.content, 'text/plain': word('ERROR call_not_found') },
});
const keySecurity = [{ authKey: [] }, { authKeyHeader: [] }, { bearer: [] }];

/** A query parameter is text; it may mean what the member of a body does. */
function asText(schema: TSchema | undefined): TSchema {
  const { description, examples } = { description: undefined, examples: undefined, ...schema };
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return Type.String({
    ...(typeof description === 'string' && { description }),
    ...(['string', 'number', 'boolean'].includes(typeof example) && { examples: [String(example)] }),
  });
}

/** The documentation of a postback endpoint. */
export function postbackSchema(type: WebhookType, method: 'GET' | 'POST', suffix: '' | '.gif') {
  const members = payloadMembers(type);
  const texts = Object.keys(
    webhookTypes[type].controls === undefined ? { ...postbackControls, ...members } : callDataMembers,
  );
  return {
    tags: ['postbacks'],
    summary: `${type} by ${method}${suffix === '.gif' ? ', answered with a pixel' : ''}`,
    description: named[type],
    security: keySecurity,
    querystring: Type.Object({
      ...Object.fromEntries(
        texts.map((name) => [
          name,
          Type.Optional(
            name === 'return'
              ? (postbackControls[name] ?? Type.String())
              : asText(members[name] ?? postbackControls[name]),
          ),
        ]),
      ),
    }),
    ...(method === 'POST' && {
      body: payloadOf(type, members),
      consumes: ['application/json', 'application/x-www-form-urlencoded'],
    }),
    response:
      suffix === '.gif'
        ? { '2xx': gif, '4xx': gif, '5xx': gif }
        : {
            200: inAnyForm('Applied, or nothing to change', responsesOf(method)),
            ...(webhookTypes[type].isCallEvent && { 201: inAnyForm('Created', createdResponse) }),
            202: inAnyForm('Queued, waiting or kept: it is done later'),
            204: { type: 'null', description: 'Accepted, with `return=none`' },
            '4xx': rejected('Rejected: `detail` says what to do'),
            '5xx': rejected('Not done: send it again after `Retry-After`'),
          },
  };
}

/** The documentation of a batch endpoint. */
export function batchSchema(type: WebhookType) {
  const payload = payloadOf(type, payloadMembers(type));
  const flags = { atomic: Type.Boolean({ description: 'all or nothing' }), dry_run: Type.Boolean() };
  return {
    tags: ['postbacks'],
    summary: `Many updates of type ${type}: at most 10,000 items and 16 MiB`,
    security: keySecurity,
    querystring: Type.Object(
      optional({
        atomic: Type.Boolean({ description: 'all or nothing' }),
        dry_run: Type.Boolean({ description: 'check and respond, and change nothing' }),
      }),
    ),
    body: Type.Union([
      Type.Array(payload),
      Type.Object({ updates: Type.Array(payload), ...optional(flags) }),
    ]),
    consumes: ['application/json', 'application/x-ndjson'],
    response: {
      200: batchResponse,
      '4xx': problem,
      '5xx': problem,
    },
  };
}
