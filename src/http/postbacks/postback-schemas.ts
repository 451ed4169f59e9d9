/** The documentation of the senders' endpoints. Core reads the values and tells every fault; nothing is validated here. */
import Type, { type TSchema } from 'typebox';
import { type WebhookType, webhookTypes } from '../../core/updates/webhook-type.ts';
import { tagMembers, updateMembers } from '../operator/calls/call-schemas.ts';
import { postbackAnswerJson } from '../operator/postbacks/postback-schemas.ts';
import { problem } from '../operator/problem-schemas.ts';
import { oneOf, optional } from '../operator/value-schemas.ts';

const postbackControls: Record<string, TSchema> = {
  call_log_id: Type.Union([Type.String({ maxLength: 128 }), Type.Integer()]),
  phone_number: Type.Union([Type.String(), Type.Integer()]),
  transaction_id: Type.String({ maxLength: 200, description: 'repeats with the same id have one effect' }),
  dry_run: Type.Union([Type.Boolean(), Type.String()]),
  return: oneOf(['json', 'gif', 'text', 'none']),
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
    return Type.Object(optional(callDataMembers), { additionalProperties: true });
  return Type.Object(optional({ ...postbackControls, ...members, fields: Type.Object(optional(members)) }));
}

const gif = {
  description: 'A transparent GIF, whatever the outcome: the status and X-Postback-Status tell it',
  content: { 'image/gif': { schema: Type.String({ format: 'binary' }) } },
};
const keySecurity = [{ authKey: [] }, { authKeyHeader: [] }, { bearer: [] }];

/** The documentation of a postback endpoint. */
export function postbackSchema(type: WebhookType, method: 'GET' | 'POST', suffix: '' | '.gif') {
  const members = payloadMembers(type);
  const texts = Object.keys(
    webhookTypes[type].controls === undefined ? { ...postbackControls, ...members } : callDataMembers,
  );
  return {
    tags: ['postbacks'],
    summary: `${type} by ${method}${suffix === '.gif' ? ', answered with a pixel' : ''}`,
    security: keySecurity,
    querystring: Type.Object({
      auth_key: Type.Optional(Type.String()),
      moja_auth_key: Type.Optional(Type.String()),
      ...Object.fromEntries(texts.map((name) => [name, Type.Optional(Type.String())])),
    }),
    ...(method === 'POST' && {
      body: payloadOf(type, members),
      consumes: ['application/json', 'application/x-www-form-urlencoded'],
    }),
    response:
      suffix === '.gif'
        ? { '2xx': gif, '4xx': gif, '5xx': gif }
        : {
            200: postbackAnswerJson,
            202: postbackAnswerJson,
            204: Type.Null(),
            '4xx': problem,
            '5xx': problem,
          },
  };
}

/** The documentation of a batch endpoint. */
export function batchSchema(type: WebhookType) {
  const payload = payloadOf(type, payloadMembers(type));
  const flags = { atomic: Type.Boolean({ description: 'all or nothing' }), dry_run: Type.Boolean() };
  const result = Type.Object({ index: Type.Integer(), status: Type.String() });
  const summary = Type.Object({
    applied: Type.Integer(),
    unchanged: Type.Integer(),
    queued: Type.Integer(),
    duplicate: Type.Integer(),
    rejected: Type.Integer(),
  });
  return {
    tags: ['postbacks'],
    summary: `Many updates of type ${type}: at most 10,000 items and 16 MiB`,
    security: keySecurity,
    querystring: Type.Object(
      optional({ auth_key: Type.String(), atomic: Type.String(), dry_run: Type.String() }),
    ),
    body: Type.Union([
      Type.Array(payload),
      Type.Object({ updates: Type.Array(payload), ...optional(flags) }),
    ]),
    consumes: ['application/json', 'application/x-ndjson'],
    response: {
      200: Type.Object({ batch_id: Type.String(), summary, results: Type.Array(result) }),
      '4xx': problem,
      '5xx': problem,
    },
  };
}
