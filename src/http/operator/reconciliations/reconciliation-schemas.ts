import Type from 'typebox';
import { itemKinds, reconciledAmounts } from '../../../core/reports/reconcile.ts';
import { fileQuery, linesOf } from '../../files/file-schemas.ts';
import { fault } from '../problem-schemas.ts';
import { nullable, oneOf, optional } from '../value-schemas.ts';

const day = 'a date (a whole day in the account’s time zone), or an RFC 3339 date-time';

export const reconciliationQuery = Type.Object({
  from: Type.String({ description: `begin of the period: ${day}`, examples: ['2026-11-01'] }),
  to: Type.String({
    description: `end of the period: ${day}, which is the first moment after it`,
    examples: ['2026-11-30'],
  }),
  amount: oneOf(reconciledAmounts, { description: 'amount of the statement' }),
  ...optional({
    publisher: Type.String({
      description: 'partner of the statement; without one, every call of the period is expected',
    }),
    buyer: Type.String(),
    campaign: Type.String(),
    ...fileQuery,
  }),
});

const money = Type.String({ description: 'decimal text, with a minus where it is negative' });
const kindTotals = Type.Object({
  count: Type.Integer(),
  theirs: money,
  ours: money,
  difference: money,
  held: Type.String({ description: 'the part of ours that is held' }),
});

export const reconciliationAnswer = linesOf('One line a call, then one with the totals', [
  Type.Object({
    kind: oneOf(itemKinds),
    line: nullable(Type.Integer({ description: 'of the statement; the first one that names the call' })),
    call_log_id: nullable(Type.String()),
    phone_number: Type.Optional(Type.String({ description: 'of a line whose number made no such call' })),
    started_at: nullable(Type.String()),
    theirs: nullable(money),
    ours: nullable(money),
    difference: Type.String({ description: 'theirs less ours' }),
    held: Type.Boolean({ description: 'our payout is held: it is on the call, but not owed' }),
    note: nullable(oneOf(['several_lines', 'outside_period', 'other_partner'])),
  }),
  Type.Object(
    {
      kind: oneOf(['rejected']),
      line: Type.Integer({ description: 'of the statement' }),
      call_log_id: nullable(Type.String()),
      code: Type.String(),
      detail: Type.String(),
      errors: Type.Array(fault),
      candidates: Type.Optional(
        Type.Array(
          Type.Object({
            call_log_id: Type.String(),
            phone_number: Type.String(),
            started_at: Type.String({ format: 'date-time' }),
          }),
          { description: 'calls that a masked number may refer to, at most five' },
        ),
      ),
    },
    { description: 'a line that cannot be read' },
  ),
  Type.Object({
    totals: Type.Object({
      ...Object.fromEntries(itemKinds.map((kind) => [kind, kindTotals])),
      rejected: Type.Object({ count: Type.Integer() }),
    }),
    amount: Type.String(),
    from: Type.String(),
    to: Type.String(),
    ...optional({ publisher: Type.String(), buyer: Type.String(), campaign: Type.String() }),
    ignored_columns: Type.Array(Type.String()),
  }),
  Type.Object(
    { error: Type.Object({ code: Type.String(), detail: Type.String() }) },
    { description: 'only where the comparison broke off' },
  ),
]);
