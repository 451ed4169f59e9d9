import type { ReconciledAmount } from '../reports/reconcile.ts';
import { type WebhookTypeRow, webhookTypes } from '../updates/fields/webhook-type.ts';
import { reject } from '../updates/rejection.ts';
import type { ColumnRules } from './columns.ts';

/** What the lines of a statement hold in memory, about 100 MB. */
export const statementLinesMax = 500_000;

const callNames = ['call_log_id', 'phone_number'];

/** What the columns of a partner's statement may mean. The amount may also be named by the field that it is compared with. */
export function statementColumns(amount: ReconciledAmount): ColumnRules {
  const names = [...callNames, 'started_at', 'amount'];
  return {
    names,
    meaningOf: (name) => (name === amount ? 'amount' : names.find((known) => known === name)),
    meantBy: () => undefined,
    kindOf: (meaning) => (meaning === 'amount' ? 'money' : meaning === 'started_at' ? 'time' : 'other'),
    reject(meanings, columns) {
      if (!callNames.some((name) => meanings.has(name))) {
        const detail = `No column names the call. Call one call_log_id or phone_number, or map one to it, such as "Call ID=call_log_id". The header has ${columns}.`;
        return reject('call_not_identified', detail);
      }
      if (meanings.has('amount')) return null;
      const detail = `No column has the amount. Call one amount, or map one to it, such as "Payout=amount". The header has ${columns}.`;
      return reject('invalid_value', detail);
    },
  };
}

/** What the rows of a mapping may be named for a statement, beside the fields of postbacks. */
export function statementMappingType(amount: ReconciledAmount): WebhookTypeRow {
  const type = webhookTypes.update_fields;
  const fields = new Map([...type.fields, ['amount', amount], ['started_at', 'call_converted_at']] as const);
  return { ...type, fields };
}
