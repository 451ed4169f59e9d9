import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { Invalid } from './fault.ts';
import { textOf } from './json.ts';

/**
 * Reads a phone number in any common notation; without a country code it is one of `defaultCountry`.
 * `00` is read as a `+` where the country's own prefix for calls abroad is another.
 * A leading space before digits is a `+` that a sender did not percent-encode.
 * @returns E.164 text (`+15550100123`)
 */
export function readPhone(value: unknown, defaultCountry: string): string | Invalid {
  const text = textOf(value);
  if (text === undefined || text.length > 64) return unreadable(defaultCountry);
  if (/^ \d/.test(text)) {
    const international = parse(`+${text.trim()}`, defaultCountry);
    if (international?.isValid()) return international.number;
  }
  const written = text.trim().replace(/^tel:/i, '');
  const number = parse(written, defaultCountry);
  if (number?.isPossible()) return number.number;
  const dialedAbroad = written.startsWith('00') ? parse(`+${written.slice(2)}`, defaultCountry) : undefined;
  return dialedAbroad?.isValid() ? dialedAbroad.number : unreadable(defaultCountry);
}

export function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

function parse(text: string, defaultCountry: string) {
  return parsePhoneNumberFromString(text, {
    ...(isCountry(defaultCountry) && { defaultCountry }),
    extract: false,
  });
}

function unreadable(defaultCountry: string): Invalid {
  return new Invalid(
    `Send a phone number with its country code, such as +15550100123, or a national number of ${defaultCountry}.`,
    'invalid_phone_number',
  );
}
