import Type, { type Static } from 'typebox';
import { importSummaryJson } from '../../imports/import-schemas.ts';
import { recordOf } from '../../value-schemas.ts';
import { callSelection } from '../call-schemas.ts';

export const callChangesBody = Type.Object(
  {
    filter: callSelection,
    // Read by core like a postback: its words in any case, its numbers as text.
    change: recordOf(Type.Unknown(), {
      description: 'the fields of `update_fields`, as for `PATCH /calls/{id}`',
    }),
    dry_run: Type.Optional(Type.Boolean({ description: 'report what would change, and change nothing' })),
  },
  {
    additionalProperties: false,
    examples: [
      {
        filter: { publisher: 'Northwind Media', from: '2026-11-01T00:00:00', payout_status: 'owed' },
        change: { no_payout_reason: 'Caps exceeded' },
        dry_run: true,
      },
    ],
  },
);
export type CallChangesBody = Static<typeof callChangesBody>;

const {
  rows,
  ignored_columns: _ignored,
  import_id: _import,
  changes,
  ...counts
} = importSummaryJson.properties;

/** The result of a change of many calls. */
export const callChangesSummaryJson = Type.Object({
  calls: rows,
  ...counts,
  changes: recordOf(
    Type.Object({
      calls: Type.Integer(),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
    }),
    { description: 'by field: how many calls it changed, and of money the sums of before and after' },
  ),
  batch_id: Type.String({
    description: 'to undo the change: `POST /webhooks/incoming/{webhook_id}/undo` with `{"batch_id"}`',
  }),
  rejections: Type.Array(
    Type.Object({ call_log_id: Type.String(), code: Type.String(), detail: Type.String() }),
    { description: 'the first 100 calls that were not changed, and why' },
  ),
});
export type CallChangesSummaryJson = Static<typeof callChangesSummaryJson>;

/** A line of the response. */
export const callChangesLines = [
  Type.Object({
    batch_id: Type.String(),
    webhook_id: Type.String(),
    calls: Type.Integer({ description: 'how many calls the filter means' }),
  }),
  Type.Object({ done: Type.Integer({ description: 'calls so far' }) }),
  Type.Object({
    summary: callChangesSummaryJson,
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), detail: Type.String() },
        { description: 'only where the change broke off' },
      ),
    ),
  }),
];
