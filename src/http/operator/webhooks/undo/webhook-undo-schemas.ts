import Type, { type Static } from 'typebox';
import { instant, nullable, recordOf } from '../../value-schemas.ts';

const moment = Type.String({
  description: 'a day such as 2026-11-01 in the account’s time zone, or a date-time',
  examples: ['2026-11-01', '2026-11-01T12:00:00Z'],
});
const dryRun = Type.Optional(Type.Boolean({ description: 'tell what it would do, and do nothing' }));

export const webhookUndoQuery = Type.Object({ dry_run: dryRun });
export const webhookUndoBody = Type.Object(
  {
    from: Type.Optional(moment),
    to: Type.Optional(
      Type.String({ description: 'included: a day with all of it', examples: ['2026-11-30'] }),
    ),
    batch_id: Type.Optional(Type.String({ description: 'in place of a period: the batch_id of a batch' })),
    import_id: Type.Optional(
      Type.String({ description: 'in place of a period: the import_id of an import' }),
    ),
    dry_run: dryRun,
  },
  { additionalProperties: false },
);

const count = Type.Integer();
const money = recordOf(Type.String(), {
  description: 'by field: the exact change of the total, negative where it becomes less',
  examples: [{ revenue_paid_out: '-1250.00' }],
});

const undoSummaryJson = Type.Object({
  webhook_id: Type.String(),
  dry_run: Type.Boolean(),
  calls: Type.Integer({ description: 'how many calls the postbacks were for' }),
  postbacks: Type.Integer({
    description: 'how many postbacks were undone; those that were undone before do not count',
  }),
  applied: Type.Integer({ description: 'undos that changed a call' }),
  unchanged: Type.Integer({ description: 'undos that had nothing to change' }),
  canceled: Type.Integer({ description: 'postbacks that were queued or waiting' }),
  rejected: count,
  fields: recordOf(count, { description: 'by field: how many undos changed it' }),
  sums: money,
  changed_since_count: Type.Integer({
    description: 'fields that are left unchanged, because they were changed since',
  }),
  changed_since: Type.Array(
    Type.Object({
      field: Type.String(),
      call_log_id: nullable(Type.String()),
      undo_of: Type.String({ description: 'the postback that had set it' }),
      by: Type.String({ description: 'the webhook or person that has set it since' }),
      at: instant,
      postback_id: Type.Optional(Type.String()),
    }),
    { description: 'the first 1,000 of them' },
  ),
});
export type UndoSummaryJson = Static<typeof undoSummaryJson>;

const undoLines = [
  Type.Object({ done: Type.Integer({ description: 'postbacks that were undone so far' }) }),
  Type.Object({
    summary: undoSummaryJson,
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), detail: Type.String() },
        { description: 'only where the undo broke off' },
      ),
    ),
  }),
];
export type UndoLine = Static<(typeof undoLines)[number]>;

/** The summary alone, or lines that tell how far it is. */
export const undoAnswer = {
  description: 'What was undone, or would be',
  content: {
    'application/json': { schema: undoSummaryJson },
    'application/x-ndjson': { schema: Type.Union(undoLines) },
  },
};
