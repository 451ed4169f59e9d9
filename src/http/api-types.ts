/** Schemas of the wire: validation, types and documentation in one. The UI imports only these types. */
import Type, { type Static, type TNull, type TSchema, type TUnion } from 'typebox';
import { eventFields, type Field, updateFields } from '../core/fields.ts';
import { matchRules } from '../core/postback.ts';
import { refusalCodes } from '../core/refusal.ts';
import { webhookTypeNames } from '../core/webhook-type.ts';

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const oneOf = <T extends string>(values: readonly T[], options = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options });

const instant = Type.String({ description: 'RFC 3339 in UTC', examples: ['2026-11-23T10:00:00.000Z'] });
const money = Type.String({ description: 'decimal text', examples: ['12.50'] });
const tags = Type.Record(Type.String(), Type.String());
export const changes = Type.Record(Type.String(), Type.Object({ from: Type.Unknown(), to: Type.Unknown() }), {
  description: 'before and after by field; a tag stands as tags.KEY',
});
const moneyIn = Type.Union([Type.String(), Type.Number()], { description: 'decimal text or JSON number' });

const fault = Type.Object({
  field: nullable(Type.String({ description: 'as it was sent; null for the request as a whole' })),
  code: Type.String(),
  detail: Type.String({ description: 'what to do' }),
});

const problemJson = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'what to do' }),
    code: oneOf(Object.keys(refusalCodes)),
    postback_id: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(fault, { description: 'every fault of the request' })),
    call_log_ids: Type.Optional(Type.Array(Type.String(), { description: 'the calls that match' })),
    ...optional({
      call_log_id: Type.String(),
      matched_by: nullable(oneOf(['call_log_id', 'phone_number'])),
      candidates: Type.Integer(),
      ignored: Type.Array(Type.String()),
      dry_run: Type.Boolean(),
      batch_id: Type.String({ description: 'of a batch that was refused as a whole' }),
      summary: Type.Unknown(),
      results: Type.Array(Type.Unknown()),
    }),
  },
  { $id: 'Problem' },
);
/** The answer to a request that was refused, as a response of a route's schema. */
export const problem = {
  description: 'Refused: `detail` says what to do',
  content: { 'application/problem+json': { schema: Type.Ref('Problem') } },
};

export const callStates = ['live', 'completed'] as const;

/** What a column is in an answer. */
const columnJson = {
  boolean: Type.Boolean(),
  integer: Type.Integer(),
  numeric: money,
  text: Type.String(),
  timestamptz: instant,
};
const callFields = { ...eventFields, ...updateFields };
type CallFields = typeof callFields;
type ColumnJson<Name extends keyof CallFields> = (typeof columnJson)[CallFields[Name]['column']];
const neverNull = ['started_at', 'converted'] as const;
type CallMembers = {
  [Name in keyof CallFields]: Name extends (typeof neverNull)[number]
    ? ColumnJson<Name>
    : TUnion<[ColumnJson<Name>, TNull]>;
};
const callMembers = Object.fromEntries(
  Object.entries(callFields).map(([name, { column }]) => [
    name,
    neverNull.some((one) => one === name) ? columnJson[column] : nullable(columnJson[column]),
  ]),
) as CallMembers; // Object.fromEntries forgets the names

const callJson = Type.Object(
  {
    call_log_id: Type.String(),
    state: oneOf(callStates),
    ...callMembers,
    payout_status: oneOf(['owed', 'held']),
    tags,
    queued_updates: Type.Integer({ description: 'updates that wait for the call to complete' }),
    created_at: instant,
    updated_at: instant,
  },
  { $id: 'Call' },
);
export const callRef = Type.Ref('Call');
/** What a change by hand would do. */
export const dryRunJson = Type.Object({
  dry_run: Type.Boolean(),
  status: oneOf(['applied', 'unchanged', 'queued']),
  call_log_id: Type.String(),
  changes,
  ignored: Type.Array(Type.String()),
});
export const changedCallJson = Type.Interface([callJson], {
  ignored: Type.Optional(Type.Array(Type.String(), { description: 'what was sent and means nothing here' })),
});
export type CallJson = Static<typeof callJson>;

export const tagMembers: Record<string, TSchema> = {
  add: Type.Unknown({ description: 'tags to add: {"key":"value"}, a list of pairs, or of "key:value"' }),
  remove: Type.Unknown({ description: 'tag keys to remove: one, or a list' }),
};

/** What may be sent for a column; core reads the values and tells every fault. */
const columnIn: Record<Field['column'], TSchema> = {
  boolean: Type.Union([Type.Boolean(), Type.String(), Type.Integer()]),
  integer: Type.Integer(),
  numeric: moneyIn,
  text: Type.String(),
  timestamptz: Type.Union([Type.String(), Type.Integer()], { description: 'RFC 3339, or Unix time' }),
};
/** What a postback or a change by hand may set. */
export const updateMembers: Record<string, TSchema> = Object.fromEntries(
  Object.entries<Field>(updateFields).map(([name, { column, isNullable }]) => [
    name,
    isNullable ? nullable(columnIn[column]) : columnIn[column],
  ]),
);
/** What a call event may say of a call. */
const eventMembers: Record<string, TSchema> = {
  ...Object.fromEntries(
    Object.entries<Field>(callFields).map(([name, { column }]) => [
      name,
      name === 'started_at' ? columnIn[column] : nullable(columnIn[column]),
    ]),
  ),
  tags: Type.Unknown({ description: '{"key":"value"}' }),
};
export const callEventBody = Type.Object(
  {
    call_log_id: Type.Union([Type.String(), Type.Integer()]),
    ...optional({ state: oneOf(callStates), ...eventMembers }),
  },
  { additionalProperties: false },
);
export const completeBody = Type.Optional(
  Type.Object(optional(eventMembers), { additionalProperties: false }),
);
export const callChangeBody = Type.Object(
  optional({ ...updateMembers, ...tagMembers, fields: Type.Object({}) }),
);

/** All members optional. */
export function optional(members: Record<string, TSchema>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, Type.Optional(schema)]));
}

export const webhookJson = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: oneOf(webhookTypeNames),
  match_window_hours: Type.Integer(),
  match_rule: oneOf(matchRules),
  paused: Type.Boolean(),
  created_at: instant,
  updated_at: instant,
});
const keyMembers = {
  auth_key: Type.String({ description: 'shown this once; stored as a hash' }),
  url: Type.String({ description: 'ready to paste, key included' }),
};
export const webhookWithKeyJson = Type.Interface([webhookJson], keyMembers);
export const rotatedWebhookJson = Type.Interface([webhookJson], {
  ...keyMembers,
  old_keys_expire_at: instant,
});
export type WebhookJson = Static<typeof webhookJson>;

export const nameCharsMax = 200;
const nameText = Type.String({ minLength: 1, maxLength: nameCharsMax, format: 'short-text' });
const matchWindowHours = Type.Integer({
  minimum: 1,
  maximum: 2160,
  description: '1 hour to 90 days; 168 if left out',
});
const matchRule = oneOf(matchRules, { description: 'latest if left out' });
export const webhookBody = Type.Object(
  {
    name: nameText,
    type: oneOf(webhookTypeNames),
    match_window_hours: Type.Optional(matchWindowHours),
    match_rule: Type.Optional(matchRule),
  },
  { additionalProperties: false },
);
export const webhookChangeBody = Type.Object(
  {
    name: Type.Optional(nameText),
    match_window_hours: Type.Optional(matchWindowHours),
    match_rule: Type.Optional(matchRule),
    paused: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export const rotateBody = Type.Object(
  { grace_hours: Type.Optional(Type.Number({ minimum: 0, maximum: 8760, description: '24 if left out' })) },
  { additionalProperties: false },
);

export const postbackStatuses = ['queued', 'applied', 'unchanged', 'rejected'] as const;

const postbackJson = Type.Object(
  {
    id: Type.String(),
    webhook_id: Type.String(),
    webhook_name: Type.String(),
    received_at: instant,
    applied_at: nullable(instant),
    status: oneOf(postbackStatuses),
    code: nullable(Type.String()),
    detail: nullable(Type.String()),
    call_log_id: nullable(Type.String()),
    phone_number: nullable(Type.String()),
    matched_by: nullable(oneOf(['call_log_id', 'phone_number'])),
    candidates: nullable(Type.Integer()),
    transaction_id: nullable(Type.String()),
    dry_run: Type.Boolean(),
    source_ip: Type.String(),
    request: Type.Unknown({ description: 'method, query and headers without the key, body' }),
    update: Type.Unknown(),
    changes,
    errors: Type.Array(fault),
    ignored: Type.Array(Type.String()),
  },
  { $id: 'Postback' },
);
export const postbackRef = Type.Ref('Postback');
export type PostbackJson = Static<typeof postbackJson>;

export const timelineItemJson = Type.Object({
  at: instant,
  kind: oneOf(['created', 'completed', 'changed', 'postback']),
  by: Type.String({ description: 'the webhook, the token or the system that did it' }),
  changes,
  postback_id: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  applied_at: Type.Optional(nullable(instant)),
});
export type TimelineItemJson = Static<typeof timelineItemJson>;

export const accountJson = Type.Object({
  name: Type.String(),
  time_zone: Type.String(),
  default_country: Type.String(),
});
export const accountChangeBody = Type.Object(
  {
    name: Type.Optional(nameText),
    time_zone: Type.Optional(
      Type.String({ format: 'time-zone', description: 'IANA name, such as Europe/Berlin' }),
    ),
    default_country: Type.Optional(
      Type.String({ format: 'country', description: 'two letters of ISO 3166, such as US' }),
    ),
    twilio_auth_token: Type.Optional(
      Type.Union([nameText, Type.Null()], { description: 'write only; null takes it away' }),
    ),
  },
  { additionalProperties: false },
);

export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: nullable(Type.String()) });

export const limitMax = 500;
export const limitDefault = 50;
const page = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limitMax, description: `${limitDefault} if left out` }),
  ),
  cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
};
/** The queries of lists are documentation: `ListReader` reads them and tells every fault. */
export const pageQuery = Type.Object(page);

const instantQuery = Type.Optional(Type.String({ description: 'RFC 3339, or Unix time' }));
const textQuery = Type.Optional(Type.String());
const booleanQuery = Type.Optional(Type.Boolean());
export const callsQuery = Type.Object({
  ...page,
  state: Type.Optional(oneOf(callStates)),
  phone_number: textQuery,
  converted: booleanQuery,
  held: booleanQuery,
  campaign: textQuery,
  publisher: textQuery,
  buyer: textQuery,
  tag: Type.Optional(Type.String({ description: '`key` or `key:value`' })),
  from: instantQuery,
  to: instantQuery,
  q: Type.Optional(
    Type.String({ description: 'begin of a call id; or a number, campaign, publisher, buyer' }),
  ),
});
export const postbacksQuery = Type.Object({
  ...page,
  webhook_id: textQuery,
  status: Type.Optional(oneOf(postbackStatuses)),
  code: textQuery,
  call_log_id: textQuery,
  transaction_id: textQuery,
  from: instantQuery,
  to: instantQuery,
});

export const twilioQuery = Type.Object(
  optional({
    account: Type.String({ description: 'id of the account; the first one if left out' }),
    campaign: Type.String(),
    publisher: Type.String(),
    buyer: Type.String(),
  }),
);
export const twilioForm = Type.Object({
  CallSid: Type.String({ description: 'the call_log_id' }),
  CallStatus: oneOf([
    'queued',
    'initiated',
    'ringing',
    'in-progress',
    'completed',
    'busy',
    'failed',
    'no-answer',
    'canceled',
  ]),
  ...optional({
    From: Type.String({ description: 'the phone_number' }),
    To: Type.String({ description: 'the tracking_number' }),
    CallDuration: Type.String({ description: 'the duration_seconds' }),
    Timestamp: Type.String({ description: 'when it happened, RFC 2822' }),
  }),
});

/** What other schemas refer to by name. */
export const sharedSchemas = [problemJson, callJson, postbackJson];
