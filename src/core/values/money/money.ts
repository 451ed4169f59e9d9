/** Money is decimal text from the wire to the database and back; it is never a binary float (docs/senders.md#fields). */

import { Invalid } from '../fault.ts';
import { bareText } from '../text/text.ts';

const decimal = /^(?:-(?=[0.]*$))?(\d*)(?:\.(\d*))?$/;
const integerDigitsMax = 8;
const fractionDigitsMax = 4;

/**
 * Reads an amount of money: decimal text or a JSON number, 0 to 99999999.9999.
 * @returns canonical text with 2 to 4 fraction digits (`"12.50"`), so that equal amounts are equal texts.
 */
export function readMoney(value: unknown): string | Invalid {
  const match = decimal.exec(bareText(value) ?? 'none');
  const [, integer = '', sentFraction = ''] = match ?? [];
  if (match === null || integer.length + sentFraction.length === 0) {
    return new Invalid(
      'Send a plain decimal number such as 12.50: no currency sign, thousands separator, exponent or minus.',
    );
  }
  const fraction = withoutLastZeros(sentFraction);
  if (fraction.length > fractionDigitsMax)
    return new Invalid('Send at most 4 digits after the decimal point: an amount is never rounded.');
  const significant = integer.replace(/^0+(?=\d)/, '') || '0';
  if (significant.length > integerDigitsMax) return new Invalid('Send an amount of at most 99999999.9999.');
  return `${significant}.${fraction.padEnd(2, '0')}`;
}

/** A pattern for this would try each run of zeros from each of its digits. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** Canonical money of a plain decimal text, such as the database's `12.5000`: `"12.50"`. */
export function formatMoney(decimalText: string): string {
  const point = decimalText.indexOf('.');
  if (point === -1) return `${decimalText}.00`;
  return decimalText.slice(0, point + 1) + withoutLastZeros(decimalText.slice(point + 1)).padEnd(2, '0');
}
