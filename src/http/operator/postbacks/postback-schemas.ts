import Type, { type Static } from 'typebox';
import { matchedBys, postbackStatuses } from '../../../core/updates/postback.ts';
import { instantQuery, page, textQuery } from '../list-schemas.ts';
import { fault } from '../problem-schemas.ts';
import { changes, instant, nullable, oneOf } from '../value-schemas.ts';

const keptNames = Type.Array(Type.String(), {
  description: 'fields and tags.KEY that kept the value they had, by the setting `repeats`',
  examples: [['revenue_paid_out']],
});
const changedSince = Type.Array(
  Type.Object({
    field: Type.String(),
    by: Type.String({ description: 'the webhook or person that has set it since' }),
    at: instant,
    postback_id: Type.Optional(Type.String()),
  }),
  { description: 'fields that an undo left unchanged, because they were changed since' },
);
const nearCall = Type.Object(
  {
    call_log_id: Type.String(),
    phone_number: nullable(Type.String()),
    started_at: instant,
    state: oneOf(['live', 'completed']),
    campaign: nullable(Type.String()),
    buyer: nullable(Type.String()),
    distance: Type.Object({
      number: nullable(
        Type.Integer({ description: 'digits that differ; null where one of the two has no number' }),
      ),
      seconds: Type.Integer({ description: 'from the start of the call to the receipt of the postback' }),
    }),
  },
  { title: 'NearCall' },
);

export const postbackJson = Type.Object(
  {
    id: Type.String(),
    webhook_id: nullable(
      Type.String({ description: 'null: a request whose key is of no webhook (`invalid_auth_key`)' }),
    ),
    webhook_name: nullable(Type.String()),
    received_at: instant,
    applied_at: nullable(instant),
    attached_by: Type.Optional(Type.String({ description: 'who attached it to its call by hand' })),
    dismissed: Type.Optional(
      Type.Object({ by: Type.String(), at: instant, reason: Type.String() }, { description: 'by hand' }),
    ),
    nearest: Type.Optional(
      Type.Array(nearCall, { description: 'of a postback without a call: up to five that it may be for' }),
    ),
    expires_at: Type.Optional(Type.String({ ...instant, description: 'when it stops waiting for its call' })),
    status: oneOf(postbackStatuses),
    code: nullable(Type.String()),
    detail: nullable(Type.String()),
    call_log_id: nullable(Type.String()),
    phone_number: nullable(Type.String()),
    matched_by: nullable(oneOf(matchedBys)),
    candidates: nullable(Type.Integer()),
    transaction_id: nullable(Type.String()),
    batch_id: nullable(
      Type.String({ description: 'the batch, import or change of many calls that it was part of' }),
    ),
    dry_run: Type.Boolean(),
    source_ip: Type.String(),
    answer: Type.Object(
      { status: Type.Integer({ description: 'of HTTP' }), body: Type.Unknown() },
      { description: 'the response to the sender as JSON, in whatever form it was sent' },
    ),
    times_received: Type.Integer({
      description: 'how often this request came: repeats of a rejected request from one address have one row',
      examples: [1],
    }),
    last_received_at: instant,
    request: Type.Unknown({
      description:
        'method, query and headers without the key, body; `removed` is true where the body is not kept. `key` of an invalid one: `ended`, `unknown` or `missing`',
    }),
    update: Type.Unknown(),
    changes,
    errors: Type.Array(fault),
    ignored: Type.Array(Type.String()),
    warnings: Type.Array(Type.String(), {
      description: 'what to look at: ignored names that look like money, a key that is not valid any more',
    }),
    kept: keptNames,
    undo_of: nullable(Type.String({ description: 'the postback that this one undoes' })),
    undone_by: nullable(Type.String({ description: 'the postback that has undone this one' })),
    changed_since: changedSince,
    replay_of: nullable(Type.String({ description: 'the rejected postback that this one repeats' })),
    replayed_by: nullable(Type.String({ description: 'who had it repeated' })),
    replayed_as: Type.Optional(
      oneOf(postbackStatuses, {
        description: 'of a rejected postback: the status of its replay that was not rejected',
      }),
    ),
  },
  { $id: 'Postback' },
);

export const postbackRef = Type.Ref('Postback');
export type PostbackJson = Static<typeof postbackJson>;
export const postbacksQuery = Type.Object({
  ...page,
  webhook_id: textQuery,
  status: Type.Optional(oneOf(postbackStatuses)),
  open: Type.Optional(
    Type.Boolean({
      description:
        'true: postbacks without a call (waiting, expired, or rejected because none was found) that were neither attached, replayed nor dismissed',
    }),
  ),
  previews: Type.Optional(
    Type.Boolean({
      description:
        'false: without the dry runs of replays, attachments and undos. Dry runs that senders ask for are listed either way',
    }),
  ),
  code: textQuery,
  call_log_id: textQuery,
  transaction_id: textQuery,
  replay_of: Type.Optional(Type.String({ description: 'id of a rejected postback: its replays' })),
  batch_id: Type.Optional(Type.String({ description: 'id of a batch or an import: its postbacks' })),
  from: instantQuery,
  to: instantQuery,
});

/** A sender's answer (docs/senders.md#answers). */
export const postbackAnswerJson = Type.Object(
  {
    postback_id: Type.String(),
    status: oneOf(['applied', 'unchanged', 'queued', 'waiting', 'kept']),
    duplicate: Type.Boolean(),
    call_log_id: nullable(Type.String({ description: 'null while no call is found' })),
    matched_by: nullable(oneOf(matchedBys)),
    candidates: nullable(Type.Integer()),
    changes,
    ignored: Type.Array(Type.String()),
    kept: Type.Optional(keptNames),
    expires_at: Type.Optional(Type.String({ ...instant, description: 'when it stops waiting for its call' })),
    code: Type.Optional(Type.String({ description: 'why it is kept, or goes on waiting' })),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(fault, { description: 'what cannot be read of a request that is kept' }),
    ),
    call_log_ids: Type.Optional(Type.Array(Type.String(), { description: 'the calls that match' })),
    undo_of: Type.Optional(Type.String({ description: 'the postback that this one undoes or replaces' })),
    changed_since: Type.Optional(changedSince),
    canceled: Type.Optional(
      Type.Boolean({ description: 'true: the postback had not been applied yet, and never will be' }),
    ),
    dry_run: Type.Optional(Type.Boolean()),
  },
  { title: 'PostbackResponse' },
);

const dryRun = Type.Optional(Type.Boolean({ description: 'tell what it would do, and do nothing' }));
export const dryRunQuery = Type.Object({ dry_run: dryRun });
export const dryRunBody = Type.Optional(Type.Object({ dry_run: dryRun }, { additionalProperties: false }));

export const attachBody = Type.Object(
  {
    call_log_id: Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Integer()], {
      description: 'the call, by its id or one of its other ids',
      examples: ['CA123'],
    }),
    dry_run: dryRun,
  },
  { additionalProperties: false },
);

export const dismissBody = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'why', examples: ['A test call'] }),
  },
  { additionalProperties: false },
);
