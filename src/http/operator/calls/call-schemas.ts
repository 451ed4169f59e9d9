import Type, { type Static, type TNull, type TSchema, type TUnion } from 'typebox';
import { payoutStatuses } from '../../../core/calls/call.ts';
import {
  eventFields,
  type Field,
  noPayoutReasons,
  updateFields,
} from '../../../core/updates/fields/fields.ts';
import { booleanQuery, instantQuery, listOf, page, textQuery } from '../list-schemas.ts';
import { changes, instant, money, nullable, oneOf, optional, recordOf, tags } from '../value-schemas.ts';

export const callStates = ['live', 'completed'] as const;
/** What a column is in an answer. */
const columnJson = {
  boolean: Type.Boolean(),
  integer: Type.Integer(),
  numeric: money,
  text: Type.String(),
  'text[]': Type.Array(Type.String()),
  timestamptz: instant,
};

const callFields = { ...eventFields, ...updateFields };
type CallFields = typeof callFields;
type ColumnJson<Name extends keyof CallFields> = (typeof columnJson)[CallFields[Name]['column']];
const neverNull = ['caller_withheld', 'direction', 'started_at', 'other_ids', 'converted'] as const;
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

export const callJson = Type.Object(
  {
    call_log_id: Type.String(),
    state: oneOf(callStates),
    ...callMembers,
    payout_status: oneOf(payoutStatuses, {
      description: 'of publisher_paid_out. none: no amount; pending: the call is live; held; owed',
    }),
    tags,
    queued_updates: Type.Integer({ description: 'updates that wait for the call to complete' }),
    created_at: instant,
    updated_at: instant,
  },
  { $id: 'Call' },
);

export const callRef = Type.Ref('Call');
/** The members of a call, in their order. */
export const callRecordNames = Object.keys(callJson.properties) as (keyof CallJson)[]; // Object.keys widens to string

/** What a change by hand would do. */
export const dryRunJson = Type.Object(
  {
    dry_run: Type.Boolean(),
    status: oneOf(['applied', 'unchanged', 'queued']),
    call_log_id: Type.String(),
    changes,
    ignored: Type.Array(Type.String()),
  },
  { title: 'ChangePreview' },
);

export const changedCallJson = Type.Interface([callJson], {
  ignored: Type.Optional(Type.Array(Type.String(), { description: 'what was sent and means nothing here' })),
});
export type CallJson = Static<typeof callJson>;
export const tagMembers: Record<string, TSchema> = {
  add: Type.Union(
    [
      recordOf(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
      Type.Array(
        Type.Union([
          Type.String({ description: '`key:value` or `key=value`; a key alone has the value `true`' }),
          Type.Object({
            key: Type.String(),
            value: Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
          }),
        ]),
      ),
      Type.String(),
    ],
    {
      title: 'TagsToAdd',
      description: 'tags to add or overwrite: an object, or a list of pairs or of `key:value`; at most 50',
      examples: [{ deal: 'won' }],
    },
  ),
  remove: Type.Union([Type.String(), Type.Array(Type.String())], {
    title: 'TagsToRemove',
    description: 'tag keys to remove: one, or a list',
    examples: [['stage']],
  }),
};

const moneyIn = Type.Union([Type.String(), Type.Number()], {
  description:
    'an amount in the account’s currency: decimal text or JSON number, at least 0, at most 4 fraction digits',
  examples: ['12.50'],
});
/** What may be sent for a column; core reads the values and tells every fault. */
const columnIn: Record<Field['column'], TSchema> = {
  boolean: Type.Union([Type.Boolean(), Type.String(), Type.Integer()]),
  integer: Type.Integer(),
  numeric: moneyIn,
  text: Type.String(),
  'text[]': Type.Union([Type.Array(Type.Union([Type.String(), Type.Integer()])), Type.String()]),
  timestamptz: Type.Union([Type.String(), Type.Integer()], {
    description:
      'RFC 3339; without an offset, in the account’s time zone; or Unix time in seconds or milliseconds',
    examples: ['2026-11-23T10:00:00Z'],
  }),
};

/** What a postback or a change by hand may set. */
export const updateMembers: Record<string, TSchema> = Object.fromEntries(
  Object.entries<Field>(updateFields).map(([name, field]) => [name, memberIn(field, field.isNullable)]),
);

/** A member that may be sent, as the field table describes it. */
function memberIn(field: Field, isNullable: boolean): TSchema {
  const { column, choices, help, example } = field;
  const value = choices === undefined ? columnIn[column] : oneOf(choices);
  const sample = column === 'boolean' ? example === 'true' : column === 'integer' ? Number(example) : example;
  return {
    ...(isNullable ? nullable(value) : value),
    description: help,
    examples: [column === 'text[]' ? [example] : sample],
  };
}

/** What a call event may say of a call. */
const eventMembers: Record<string, TSchema> = {
  ...Object.fromEntries(
    Object.entries<Field>(callFields).map(([name, field]) => [name, memberIn(field, name !== 'started_at')]),
  ),
  tags: recordOf(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
    description: 'tags of the call, by key',
    examples: [{ deal: 'won' }],
  }),
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

export const timelineItemJson = Type.Object(
  {
    at: instant,
    kind: oneOf(['created', 'completed', 'changed', 'postback', 'delivery']),
    by: Type.String({ description: 'the webhook, the token or the system that did it' }),
    changes,
    postback_id: Type.Optional(Type.String()),
    undo_of: Type.Optional(Type.String({ description: 'the postback that this one undoes or replaces' })),
    undone_by: Type.Optional(
      Type.String({ description: 'the postback that has undone or replaced this one' }),
    ),
    replay_of: Type.Optional(Type.String({ description: 'the rejected postback that this one repeats' })),
    replayed_by: Type.Optional(Type.String({ description: 'who had it repeated' })),
    attached_by: Type.Optional(
      Type.String({ description: 'who named the call of a postback that found none' }),
    ),
    dismissed_by: Type.Optional(Type.String()),
    dismiss_reason: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    applied_at: Type.Optional(nullable(instant)),
    delivery_id: Type.Optional(Type.String({ description: 'of an event that an outgoing webhook got' })),
    event: Type.Optional(Type.String({ description: 'the type of that event' })),
    attempts: Type.Optional(Type.Integer({ description: 'to deliver it' })),
    update: Type.Optional(
      recordOf(Type.Unknown(), {
        description: 'of what is queued: what it sets, and the tags that it adds and removes',
      }),
    ),
  },
  { title: 'TimelineItem' },
);

export const timelineOrders = ['oldest', 'newest'] as const;
export const timelineQuery = Type.Object({
  ...page,
  order: Type.Optional(oneOf(timelineOrders, { default: 'oldest', description: 'which item is the first' })),
});

export type TimelineItemJson = Static<typeof timelineItemJson>;

export const callFilters = Type.Object({
  state: Type.Optional(oneOf(callStates)),
  phone_number: textQuery,
  converted: booleanQuery,
  held: booleanQuery,
  no_payout_reason: Type.Optional(oneOf(noPayoutReasons)),
  payout_status: Type.Optional(oneOf(payoutStatuses)),
  call_log_id: Type.Optional(Type.String({ description: 'one of these calls; may be repeated' })),
  campaign: textQuery,
  publisher: textQuery,
  buyer: textQuery,
  tag: Type.Optional(Type.String({ description: '`key` or `key:value`' })),
  from: instantQuery,
  to: instantQuery,
  q: Type.Optional(
    Type.String({
      description:
        'the beginning of a call id, a whole phone number, or a part of the name of a campaign, publisher or buyer',
      examples: ['roof'],
    }),
  ),
});
const sortNames = ['started_at', 'revenue_paid_out', 'publisher_paid_out', 'duration_seconds'] as const;
export const callSorts = sortNames.flatMap((name) => [`-${name}`, name] as const);
export const callSort = Type.Optional(
  oneOf(callSorts, {
    default: '-started_at',
    description:
      'the order of the list; with `-`, the greatest first. Calls without the value are last in both directions',
  }),
);
export const callsQuery = Type.Object({ ...page, ...callFilters.properties, sort: callSort });
/** At least one: a list without ids must not mean every call. */
const ids = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 10_000 });

/** Calls that a body names: by the filters of a list, or by their ids. */
export const callSelection = Type.Object(
  { ...callFilters.properties, call_log_id: Type.Optional(ids) },
  {
    additionalProperties: false,
    description: 'the filters of `GET /calls`; `{}` means every call, `call_log_id` these calls',
  },
);
export const callsCsvBody = Type.Object(
  {
    filter: callSelection,
    columns: Type.Optional(Type.Array(Type.String(), { examples: [['call_log_id', 'tags.deal']] })),
    bom: Type.Optional(Type.Boolean()),
  },
  {
    additionalProperties: false,
    description: 'the query of `GET /calls.csv`, for more ids than a URL can hold',
  },
);
export const callsCsvQuery = Type.Object({
  ...callFilters.properties,
  columns: Type.Optional(
    Type.String({
      description:
        'names of members of a call with commas between them, in the order of the file; `tags.KEY` is one tag, `tags` all of them as JSON, `*` every member. `*` if left out. May be repeated',
    }),
  ),
  bom: Type.Optional(Type.Boolean({ description: 'begin with the byte order mark that Excel needs' })),
});
export const callsAnswer = Type.Object({
  ...listOf(callRef).properties,
  searched_back_to: Type.Optional(
    Type.String({
      description:
        'Only where the page ends before it is full, since enough calls were looked at for what no index knows (`converted`, `tag`, `held=false`, `state=completed`, a search that many names contain): the start of the last one. `next_cursor` looks on.',
    }),
  ),
});
