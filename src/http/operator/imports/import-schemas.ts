/** The documentation of imports. */
import Type from 'typebox';
import { webhookTypeNames } from '../../../core/updates/fields/webhook-type.ts';
import { fileQuery, linesOf } from '../../files/file-schemas.ts';
import { itemMembers } from '../../postbacks/postback-schemas.ts';
import { oneOf, optional, recordOf } from '../value-schemas.ts';

export const importQuery = Type.Object(
  optional({
    ...fileQuery,
    webhook_id: Type.String({ description: 'the account’s own webhook "File import" if left out' }),
    type: oneOf(webhookTypeNames, { description: 'that of the webhook, or update_fields, if left out' }),
    import_key: Type.String({
      maxLength: 150,
      description:
        'names the rows that have no transaction_id: sent again with the same key, no row is done twice',
    }),
    import_id: Type.String({
      format: 'uuid',
      description:
        'of a file that is sent in parts: the import_id of the first part, so that all parts are undone as one',
    }),
    rows_before: Type.Integer({
      minimum: 0,
      description: 'of a part: how many rows came before it; rows are numbered on from there',
    }),
    lines_before: Type.Integer({
      minimum: 0,
      description: 'of a part: added to the number of each line. Each part begins with the header',
    }),
    dry_run: Type.Boolean({ description: 'report what would change, and change nothing' }),
    empty: oneOf(['absent', 'null'], { description: 'what an empty cell means; absent if left out' }),
  }),
);

const money = Type.String({ description: 'decimal text' });
const count = Type.Integer();

export const importSummaryJson = Type.Object({
  rows: count,
  applied: count,
  unchanged: count,
  queued: count,
  duplicate: count,
  rejected: count,
  ...optional({ created: count, waiting: count, ignored: count }),
  codes: recordOf(count, { description: 'how often each code rejected a row' }),
  changes: recordOf(Type.Object({ rows: count, from: Type.Optional(money), to: Type.Optional(money) }), {
    description: 'by field: how many rows changed it, and of money the sums of before and after',
  }),
  ignored_columns: Type.Array(Type.String()),
  dry_run: Type.Boolean(),
  webhook_id: Type.String(),
  import_id: Type.String({ description: 'names the import, to undo it' }),
});

export const importAnswer = linesOf('One line a row, in order, then one with the summary', [
  Type.Object({
    row: Type.Integer({ description: 'counted from 1, without the header and blank lines' }),
    line: Type.Integer({ description: 'in the file, counted from 1, where the row begins' }),
    ...itemMembers,
  }),
  Type.Object({
    summary: importSummaryJson,
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), detail: Type.String(), line: Type.Union([Type.Integer(), Type.Null()]) },
        { description: 'only where the import broke off' },
      ),
    ),
  }),
]);
