/**
 * A mapping: a table from the names and words of a sender to the fields of a webhook type (docs/mapping.md#rows).
 * It is data. `parseMapping` checks it, `applyMapping` reads a request by it; nothing in it is evaluated.
 */

/** A mapping as it is written in settings, presets and files. */
export type MappingJson = {
  /** JSON Pointer to the record, or to the list of records; each record is a separate postback */
  each?: string;
  /** a request that does not meet all of these is ignored */
  only_when?: ConditionJson[];
  /**
   * by the name of a field, or `add.KEY` for one tag. A text is a source; of a list of rows, the first that reads
   * something counts; null removes the row of a preset
   */
  fields: Record<string, RowJson | string | (RowJson | string)[] | null>;
};

export type ConditionJson = { from: string | string[]; in: (string | number | boolean)[] };

export type RowJson = {
  /** sources; the first that is not empty is read, unless `join` is set */
  from?: string | string[];
  /** the row reads nothing unless all of these are met */
  when?: ConditionJson[];
  /** a constant, in place of `from` */
  value?: unknown;
  /** all sources are read and joined by this text */
  join?: string;
  words?: Record<string, Constant>;
  /**
   * what a word that is not in `words` means: `refuse`, `ignore`, `as_is`, or a value. With `as: "phone"`, `ignore` reads
   * nothing from what is no number, such as an extension
   */
  else?: Constant;
  as?: ConversionName;
  /** of `money`: the decimal sign, the thousands separator, the currency that is removed */
  decimal?: string;
  thousands?: string;
  currency?: string;
  /** of `money`: `cents`; of `seconds`: `milliseconds` or `hh:mm:ss` */
  unit?: string;
  /** of `time`; of `phone`: `e164`, digits that begin with a country code and may lack the `+` */
  format?: string;
  /** of `time`: IANA name */
  zone?: string;
};

export type Constant = string | number | boolean | null;

type ConversionName = (typeof conversionNames)[number];
export const conversionNames = [
  'text',
  'boolean',
  'money',
  'seconds',
  'milliseconds',
  'time',
  'phone',
] as const;

/** Where a value is read from. `text` is how the mapping writes it. */
export type MappingSource = { text: string } & (
  | { kind: 'parameter' | 'query' | 'header'; name: string }
  | { kind: 'pointer'; path: readonly string[] }
);

export type Conversion =
  | { as: 'text' | 'boolean' }
  | { as: 'phone'; isE164: boolean }
  | { as: 'money'; decimal: string; thousands: string | null; currency: string | null; isCents: boolean }
  | { as: 'seconds'; isMilliseconds: boolean }
  | { as: 'time'; format: TimeFormat | null; zone: string | null };

export type TimeFormat = (typeof timeFormats)[number];
export const timeFormats = ['iso', 'us', 'eu', 'unix'] as const;

export type UnknownWord = 'refuse' | 'ignore' | 'as_is' | { value: Constant };

/** A checked row. */
export type MappingRow = {
  /** as the mapping writes it: `revenue`, `add.gclid` */
  name: string;
  /** the field's own name: `revenue_paid_out`, `add` */
  field: string;
  /** of `add.KEY` */
  tagKey: string | null;
  when: readonly Condition[];
  content: { constant: unknown } | { sources: readonly MappingSource[] };
  join: string | null;
  /** by the word in lower case, without outer whitespace */
  words: ReadonlyMap<string, Constant> | null;
  otherwise: UnknownWord;
  conversion: Conversion | null;
};

export type Condition = { sources: readonly MappingSource[]; words: ReadonlySet<string> };

/** A checked mapping. */
export type Mapping = {
  each: readonly string[] | null;
  onlyWhen: readonly Condition[];
  rows: readonly MappingRow[];
};

/** How words are compared: without regard to case and outer whitespace. */
export function normalizeWord(text: string): string {
  return text.trim().toLowerCase();
}
