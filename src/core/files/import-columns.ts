import { readPairs } from '../updates/decode/input-source.ts';
import { meantName } from '../updates/fields/field-names.ts';
import type { WebhookTypeRow } from '../updates/fields/webhook-type.ts';
import { reject } from '../updates/rejection.ts';
import type { ColumnRules } from './columns.ts';
import { cellKindOf } from './field-kind.ts';

/** Of one import. */
export const importRowsMax = 1_000_000;

const callNames = ['call_log_id', 'phone_number'];

/** What the columns of an import may mean: what a postback of this type may say. */
export function importColumns(type: WebhookTypeRow): ColumnRules {
  const fieldNames = [...type.fields.keys(), ...(type.hasTags ? ['add', 'add[KEY]', 'remove'] : [])];
  const fields = new Set<string>([...type.fields.values(), 'add', 'remove']);
  return {
    names: [...callNames, ...fieldNames, 'transaction_id'],
    meaningOf(name) {
      const [meaning] = readPairs([[name, '']], type).given.keys();
      if (meaning === 'return') return undefined;
      return meaning === 'add' ? name : meaning; // add[deal] beside add[color]
    },
    meantBy: (name) => meantName(name, false, type),
    kindOf: cellKindOf,
    reject(meanings, columns) {
      if (!callNames.some((name) => meanings.has(name))) {
        const detail = `No column names the call. Call one call_log_id or phone_number, or map one to it, such as "Call ID=call_log_id". The header has ${columns}.`;
        return reject('call_not_identified', detail);
      }
      const { required } = type;
      if (required !== undefined && !meanings.has(required.field)) {
        const detail = `Every row needs "${required.name}": call a column so, or map one to it, such as "Amount=${required.name}". The header has ${columns}.`;
        return reject('invalid_value', detail);
      }
      if ([...meanings].some((meaning) => fields.has(meaning) || meaning.startsWith('add['))) return null;
      const detail = `No column says what to change. Call one by its field (${fieldNames.join(', ')}), or map one to it. The header has ${columns}.`;
      return reject('no_updates', detail);
    },
  };
}
