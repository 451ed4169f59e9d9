/** Exact arithmetic with money: whole units of 1/10000, the smallest amount that Ringback keeps. */
import { formatMoney } from './money.ts';

const fractionDigits = 4;
/** 99999999.9999 */
export const moneyUnitsMax = 10n ** 12n - 1n;
const unitsPerOne = 10n ** BigInt(fractionDigits);

/** @param decimalText canonical money such as `12.50`, with a minus or without */
export function unitsOf(decimalText: string): bigint {
  const isNegative = decimalText.startsWith('-');
  const [integer = '0', fraction = ''] = decimalText.slice(isNegative ? 1 : 0).split('.');
  const units = BigInt(integer + fraction.padEnd(fractionDigits, '0'));
  return isNegative ? -units : units;
}

/** Canonical money, with a minus before a negative sum. */
export function moneyOf(units: bigint): string {
  const isNegative = units < 0n;
  const absolute = isNegative ? -units : units;
  const fraction = String(absolute % unitsPerOne).padStart(fractionDigits, '0');
  return `${isNegative ? '-' : ''}${formatMoney(`${absolute / unitsPerOne}.${fraction}`)}`;
}
