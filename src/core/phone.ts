import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { Invalid } from './fault.ts';
import { textOf } from './json.ts';

/**
 * Reads a phone number in any common notation; without a country code it is one of `defaultCountry`.
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
  const number = parse(text.trim().replace(/^tel:/i, ''), defaultCountry);
  return number?.isPossible() ? number.number : unreadable(defaultCountry);
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
