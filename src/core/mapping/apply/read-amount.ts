/** Amounts and durations as senders write them, read digit by digit: no value passes through a float. */
import { Invalid } from '../../values/fault.ts';
import { textOf } from '../../values/json/json.ts';

export type MoneyFormat = {
  decimal: string;
  thousands: string | null;
  currency: string | null;
  isCents: boolean;
};

const textCharsMax = 64;

/** @returns plain decimal text, with a minus where the amount is negative */
export function readMoneyText(value: unknown, format: MoneyFormat): string | Invalid {
  const text = textOf(value);
  if (text === undefined || text.length > textCharsMax) return howToMoney(format);
  // A JSON number has its own notation, whatever the texts of this sender look like.
  const { decimal, thousands } = typeof value === 'string' ? format : { decimal: '.', thousands: null };
  const { amount, isNegative } = splitSign(text, format.currency);
  const [integer = '', fraction, ...more] = amount.split(decimal);
  const digits = thousands === null ? integer : ungroup(integer, thousands);
  const isPlain = /^\d*$/.test(digits) && /^\d*$/.test(fraction ?? '');
  if (more.length > 0 || !isPlain || digits + (fraction ?? '') === '' || isNegative === null) {
    return howToMoney(format);
  }
  const plain = format.isCents ? shiftTwo(digits, fraction ?? '') : joinDecimal(digits, fraction ?? '');
  return isNegative ? `-${plain}` : plain;
}

/** `(12.00)`, `-$12.00`, `$ -12.00`, `12.00-`. `isNegative` is null where two signs are given. */
function splitSign(text: string, currency: string | null): { amount: string; isNegative: boolean | null } {
  let amount = text.replace(/[\s\u00a0\u202f\u2007]+/g, ' ').trim();
  let signs = 0;
  for (;;) {
    const before = amount;
    if (amount.startsWith('(') && amount.endsWith(')')) amount = amount.slice(1, -1);
    else if (/^[-\u2212]/.test(amount)) amount = amount.slice(1);
    else if (/[-\u2212]$/.test(amount)) amount = amount.slice(0, -1);
    if (amount !== before) signs += 1;
    amount = withoutCurrency(amount.trim(), currency).trim();
    if (amount === before) break;
  }
  return { amount: amount.replace(/^\+(?=\S)/, ''), isNegative: signs > 1 ? null : signs === 1 };
}

function withoutCurrency(amount: string, currency: string | null): string {
  if (currency === null) return amount;
  const [lower, sign] = [amount.toLowerCase(), currency.toLowerCase()];
  if (lower.startsWith(sign)) return amount.slice(sign.length);
  return lower.endsWith(sign) ? amount.slice(0, -sign.length) : amount;
}

/** The digits of `1,234,567`; text that is no number where the groups are not. */
function ungroup(integer: string, thousands: string): string {
  const groups = integer.split(thousands);
  if (groups.length === 1) return integer;
  const [first = '', ...others] = groups;
  const isGrouped =
    /^\d{1,3}$/.test(first) &&
    others.every((group, at) => /^\d{2,3}$/.test(group) && (at < others.length - 1 || group.length === 3));
  return isGrouped ? groups.join('') : 'not grouped';
}

function joinDecimal(integer: string, fraction: string): string {
  return fraction === '' ? integer : `${integer === '' ? '0' : integer}.${fraction}`;
}

/** Cents to whole units: the decimal sign moves by two digits. */
function shiftTwo(integer: string, fraction: string): string {
  const padded = integer.padStart(3, '0');
  return `${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`;
}

function howToMoney({ decimal, thousands, currency, isCents }: MoneyFormat): Invalid {
  const grouped = thousands === null ? '1234' : `1${thousands}234`;
  const example = isCents ? grouped : `${grouped}${decimal}50`;
  const removed = currency === null ? '' : `, with or without ${currency}`;
  return new Invalid(`Send an amount such as ${example}${removed}, or correct the format in the mapping.`);
}

const secondsMax = 999_999_999;

/** Seconds, milliseconds or `hh:mm:ss` (`mm:ss`), rounded down. */
export function readSecondsText(value: unknown, isMilliseconds: boolean): number | Invalid {
  const text = textOf(value)?.trim() ?? '';
  const clock = /^(?:(\d{1,6}):)?(\d{1,2}):(\d{2})(?:\.\d*)?$/.exec(text);
  const plain = /^(\d{1,15})(?:\.\d*)?$/.exec(text);
  const seconds =
    clock !== null
      ? Number(clock[1] ?? 0) * 3_600 + Number(clock[2]) * 60 + Number(clock[3])
      : Math.floor(Number(plain?.[1] ?? Number.NaN) / (isMilliseconds ? 1_000 : 1));
  const isClock =
    clock === null || (Number(clock[3]) < 60 && (clock[1] === undefined || Number(clock[2]) < 60));
  return isClock && seconds <= secondsMax
    ? seconds
    : new Invalid('Send a duration in seconds such as 95, or as 00:01:35.');
}
