/** Phone numbers in any notation that senders, handsets and gateways write (docs/senders.md#which-call). */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { Invalid } from '../fault.ts';
import { textOf } from '../json/json.ts';
import { isWithheldNumber, isWithheldWord } from './withheld-caller.ts';

const sentCharsMax = 256;
const numberCharsMax = 64;
/** Longer digits after a number are a second number. */
const extensionDigitsMax = 7;

/** `"JANE ROE" <+12135550142>`, also without a name, and with the parameters of a header: `<sip:…>;tag=1` */
const named = /^([^<>]*)<([^<>]+)>\s*(?:;.*)?$/;
/** `p:` is what lead forms export. */
const scheme =
  /^(?:tel|p|phone|mobile|cell|callto|sips?|sms|smsto|whatsapp|wa)\s*:\s*(?:\/\/)?|^https:\/\/wa\.me\//i;
/** A host that says that the caller is none: RFC 3323. */
const anonymousHost = /^(?:anonymous|unknown)\.invalid\b/i;
const maskChars = 'Xx*•●∗·?#_';
const maskedNumber = new RegExp(
  `^(?=.*[${maskChars}])(?=(?:[^\\d${maskChars}]*[\\d${maskChars}]){6})[\\d\\s().+/${maskChars}-]+$`,
);
/** `213-555-0142 x123`; and `*67`, `#31#`, which a caller dials before a number */
const extension = /^[^xX]*(?:\d[^\dxX]*){7}[xX#]\s*\d{1,7}$/;
const dialCode = /^[*#]\d\d/;

/**
 * Reads a caller's number.
 * - Without a country code it is a number of `defaultCountry`; `00` is read as `+` where the country's own prefix for
 *   calls abroad is another.
 * - A leading space before digits is a `+` that a sender did not percent-encode.
 * @returns E.164 text (`+15550100123`), or `Invalid` with the code `caller_withheld` for a caller that withholds its
 *   number, `masked_phone_number` for a number with hidden digits, `invalid_phone_number` for anything else
 */
export function readPhone(value: unknown, defaultCountry: string): string | Invalid {
  const sent = textOf(value);
  if (sent === undefined || sent.length > sentCharsMax) return unreadable(defaultCountry);
  const visible = sent.replace(/\p{Cf}/gu, '');
  if (/^ \d/.test(visible)) {
    const international = parse(`+${visible.trim()}`, defaultCountry);
    if (international?.isValid() && !isWithheldNumber(visible.trim())) return international.number;
  }
  const written = withoutNotation(visible);
  if (written.length > numberCharsMax) return unreadable(defaultCountry);
  if (isWithheld(written, defaultCountry) || isAnonymous(visible, written)) return withheld();
  const number = parse(written, defaultCountry);
  if (number?.isPossible()) {
    const isSole =
      (number.ext?.length ?? 0) <= extensionDigitsMax &&
      !isNamedByOther(visible, number.number, defaultCountry);
    return isSole ? number.number : severalNumbers();
  }
  const dialedAbroad = written.startsWith('00') ? parse(`+${written.slice(2)}`, defaultCountry) : undefined;
  if (dialedAbroad?.isValid()) return dialedAbroad.number;
  if (hasSeveralNumbers(written, defaultCountry)) return severalNumbers();
  return isMasked(written) ? masked() : unreadable(defaultCountry);
}

/** `"Anonymous" <sip:c8oqz84zk7z@privacy.example>`, and any user of the host `anonymous.invalid`. */
function isAnonymous(visible: string, written: string): boolean {
  if (anonymousHost.test(visible.slice(visible.indexOf('@') + 1))) return true;
  const name = named.exec(visible.trim())?.[1] ?? '';
  return isWithheldWord(name) && !/\d{7}/.test(written.replace(/\D/g, ''));
}

/** `"2135550143" <2135550142>`: where the name of a caller is a number, it must be the same one. */
function isNamedByOther(visible: string, number: string, defaultCountry: string): boolean {
  const name = named.exec(visible.trim())?.[1]?.replaceAll('"', '').trim() ?? '';
  const other = name === '' ? undefined : parse(name, defaultCountry);
  return other?.isPossible() === true && other.number !== number;
}

/** True for what `readPhone` calls `caller_withheld`: a call event keeps such a call, without a number. */
export function isCallerWithheld(value: unknown, defaultCountry: string): boolean {
  const read = readPhone(value, defaultCountry);
  return read instanceof Invalid && read.code === 'caller_withheld';
}

/**
 * What numbers that a masked one may stand for look like in E.164, as a pattern for `like`: `213555XXXX` is `%213555____`.
 * Null for what is not masked. A trunk 0 before a national number is not in E.164.
 */
export function maskedPatternOf(value: unknown): string | null {
  const written = withoutNotation((textOf(value) ?? '').replace(/\p{Cf}/gu, ''));
  if (written.length > numberCharsMax || !isMasked(written)) return null;
  const shape = withoutDots(written)
    .replace(/[\s()./-]/g, '')
    .replace(new RegExp(`[${maskChars}]`, 'g'), '_');
  if (/^(?:\+|00)/.test(shape)) return `+${shape.replace(/^(?:\+|00)/, '')}`;
  return `%${shape.replace(/^0/, '')}`;
}

export function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

/** The number of `"Name" <sip:number@host;user=phone>`. */
function withoutNotation(sent: string): string {
  const text = sent.trim();
  const address = (named.exec(text)?.[2] ?? text).trim();
  const isUri = scheme.test(address);
  const user = address.replace(scheme, '');
  const at = user.indexOf('@');
  const number = at === -1 ? user : user.slice(0, at).replace(/;.*$/, '');
  return (isUri || /^%2b/i.test(number) ? decodeEscapes(number) : number)
    .trim()
    .replace(/^=?"(.*)"$/, '$1') // `="2135550142"` and `'2135550142` are how spreadsheets keep a number as text
    .replace(/^'/, '')
    .replace(/[,;]$/, '')
    .replace(/^\(\+(\d{1,3})\)/, '+$1')
    .replace(/^(\d{7,15})\.0$/, '$1'); // a spreadsheet or data frame took the number for an amount
}

function decodeEscapes(text: string): string {
  return text.replace(/^%2b/i, '+').replace(/%20/g, ' ');
}

/**
 * Digits that spell a word are a number all the same where a country has such numbers: without a `+`, they are withheld
 * only where no number of the country is possible, and in North America, whose networks send them.
 */
function isWithheld(written: string, defaultCountry: string): boolean {
  if (isWithheldWord(written)) return true;
  if (!/^\+?[\d\s().-]+$/.test(written)) return false;
  const digits = written.replace(/\D/g, '');
  if (!isWithheldNumber(digits)) return false;
  if (written.startsWith('+') || /^0+$/.test(digits)) return true;
  const number = parse(written, defaultCountry);
  return number === undefined || !number.isValid() || number.countryCallingCode === '1';
}

/** Dots in a row hide a digit each. */
function withoutDots(written: string): string {
  return written.replace(/\.{3,}/g, (dots) => 'X'.repeat(dots.length));
}

function isMasked(written: string): boolean {
  return maskedNumber.test(withoutDots(written)) && !extension.test(written) && !dialCode.test(written);
}

function hasSeveralNumbers(written: string, defaultCountry: string): boolean {
  const parts = written
    .split(/\s*(?:[,;/|&]|\s(?:or\s|and\s|-\s|x(?=\d))|\n|(?<=\d)(?=\+))\s*/)
    .filter((part) => part !== '');
  return (
    parts.length > 1 &&
    parts.every((part) => parse(withoutNotation(part), defaultCountry)?.isPossible() === true)
  );
}

function parse(text: string, defaultCountry: string) {
  return parsePhoneNumberFromString(text, {
    ...(isCountry(defaultCountry) && { defaultCountry }),
    extract: false,
  });
}

function withheld(): Invalid {
  return new Invalid(
    'The caller withheld its number, and many callers do: send the call_log_id in place of the number.',
    'caller_withheld',
  );
}

function masked(): Invalid {
  return new Invalid(
    'Digits of this number are hidden, so it may be of several callers: send the whole number, or the call_log_id.',
    'masked_phone_number',
  );
}

function severalNumbers(): Invalid {
  return new Invalid(
    'This is more than one phone number: send the one of the caller.',
    'invalid_phone_number',
  );
}

function unreadable(defaultCountry: string): Invalid {
  return new Invalid(
    `Send a phone number with its country code, such as +15550100123, or a national number of ${defaultCountry}.`,
    'invalid_phone_number',
  );
}
