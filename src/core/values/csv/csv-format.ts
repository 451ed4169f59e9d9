import { withoutFormula } from './formula.ts';

/**
 * How every CSV file is written (RFC 4180), as options of `csv-stringify`. The library quotes the delimiter, the quote and
 * the record delimiter only. A line feed or carriage return alone ends a record for most readers, and some spreadsheets
 * split at other characters or trim spaces: text with one of these is quoted too.
 */
export const csvFormat = {
  record_delimiter: 'windows',
  quoted_match: /[\r\n\v\f\u0085\u2028\u2029\t,;|]|^\s|\s$/,
  cast: { string: withoutFormula, boolean: String, object: (value: unknown) => JSON.stringify(value) },
};
