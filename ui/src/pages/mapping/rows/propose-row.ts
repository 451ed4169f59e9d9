/** What a row for a value most likely has to say. The operator sees its result at once, and can change it. */
import type { FieldJson } from '../../../../../src/http/operator/fields/field-schemas.ts';
import type { RowJson } from './rows.ts';

type ProposedField = Pick<FieldJson, 'type' | 'name' | 'choices'>;

const plainBoolean = /^(?:true|false|1|0|yes|no|on|off)$/i;
export const badWord =
  /return|reject|declin|cancel|refund|charged?.?back|revers|invalid|lost|fail|dup|unsold|denied|trash|void/i;
const ended = /complet|hang.?up|end|finish|busy|no.?answer|fail|cancel|finaliz/i;
const dayFirst = /^\s*(\d{1,2})([./-])(\d{1,2})\2\d{2,4}/;

/** @param country of the account, which decides on dates such as 03/04/2026 */
export function proposeRow(
  field: ProposedField,
  source: string,
  text: string | null,
  country: string,
): RowJson {
  return {
    from: source,
    ...(text !== null && text.trim() !== '' && proposeOptions(field, text.trim(), country)),
  };
}

function proposeOptions({ type, name, choices }: ProposedField, text: string, country: string): RowJson {
  switch (type) {
    case 'money':
      return proposeMoney(text);
    case 'time':
      return proposeTime(text, country);
    case 'boolean':
      return plainBoolean.test(text) ? {} : { words: { [text]: !badWord.test(text) } };
    case 'choice':
      if (name === 'state' && !choices.includes(text.toLowerCase()))
        return { words: { [text]: ended.test(text) ? 'completed' : 'live' } };
      return {};
    default:
      return {};
  }
}

function proposeMoney(text: string): RowJson {
  const [, before = '', number = '', after = ''] =
    /^([^\d\s.,()+-]{0,4})\s*([\d.,\s]+?)\s*([^\d\s.,()+-]{0,4})$/.exec(text) ?? [];
  const currency = before === '' ? after : before;
  const signs = proposeSigns(number);
  if (currency === '') return signs === null ? {} : { as: 'money', ...signs };
  return { as: 'money', currency, ...(signs ?? { thousands: ',' }) };
}

/** Null for plain decimal text, which is read without a format. */
function proposeSigns(number: string): Pick<RowJson, 'decimal' | 'thousands'> | null {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(number)) return { thousands: ',' };
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)$|^\d{1,3}(?:\.\d{3}){2,}$/.test(number))
    return { decimal: ',', thousands: '.' };
  if (/^\d{1,3}(?:\s\d{3})+(?:,\d+)?$/.test(number)) return { decimal: ',', thousands: ' ' };
  return /^\d+,\d+$/.test(number) ? { decimal: ',' } : null;
}

function proposeTime(text: string, country: string): RowJson {
  const [, first, separator, second] = dayFirst.exec(text) ?? [];
  if (first === undefined) return {};
  if (Number(first) > 12) return { as: 'time', format: 'eu' };
  if (Number(second) > 12) return { as: 'time', format: 'us' };
  return { as: 'time', format: separator === '.' || country !== 'US' ? 'eu' : 'us' };
}
