/** One row of a mapping read in one record: the source that was used, its text, and the value that decode reads next. */
import type { ReadContext } from '../../updates/fields/fields.ts';
import { type FaultCode, Invalid } from '../../values/fault.ts';
import { readPhone } from '../../values/phone/phone.ts';
import { isPlaceholder, unresolvedPlaceholder } from '../../values/text/placeholder.ts';
import { readBoolean } from '../../values/text/text.ts';
import { type Conversion, type MappingRow, type MappingSource, normalizeWord } from '../mapping.ts';
import { readMoneyText, readSecondsText } from './read-amount.ts';
import { readTime } from './read-time.ts';
import { type FoundValue, isEmptyValue, plainText, type RequestValues, shownText } from './request-values.ts';

/** What a row read. */
export type Reading = {
  row: MappingRow;
  /** as the mapping writes them; none for a constant, or where nothing was found */
  sources: string[];
  /** as it was sent; null for a constant, for what has no text, or where nothing was found */
  text: string | null;
  result:
    | { kind: 'value'; value: unknown; isText: boolean }
    | { kind: 'absent' }
    | { kind: 'fault'; fault: Invalid };
};

/** An id is joined from all its parts or not at all: a part of one could be the id of something else. */
const idFields = new Set(['transaction_id', 'call_log_id', 'parent_call_log_id']);
const wordsNamedMax = 20;
const textShownMax = 100;

export function readRow(row: MappingRow, values: RequestValues, context: ReadContext): Reading {
  if ('constant' in row.content) {
    const result = { kind: 'value', value: row.content.constant, isText: false } as const;
    return { row, sources: [], text: null, result };
  }
  const { sources } = row.content;
  return row.join === null
    ? readFirst(row, sources, values, context)
    : readJoined(row, row.join, sources, values, context);
}

function readFirst(
  row: MappingRow,
  sources: readonly MappingSource[],
  values: RequestValues,
  context: ReadContext,
): Reading {
  let empty: Reading | null = null;
  for (const source of sources) {
    const found = values.read(source);
    const first = found.find((one) => !isEmptyValue(one)) ?? found[0];
    if (first === undefined) continue;
    const reading = { row, sources: [source.text], text: shownText(first.value) };
    if (isEmptyValue(first)) {
      empty ??= { ...reading, result: wordOf(row, '') ?? { kind: 'absent' } };
      continue;
    }
    const isAgreed = found.every((one) => isEmptyValue(one) || isSame(one.value, first.value));
    const result = isAgreed ? convert(row, first, context) : conflict(source);
    return { ...reading, result };
  }
  return empty ?? { row, sources: [], text: null, result: { kind: 'absent' } };
}

function readJoined(
  row: MappingRow,
  separator: string,
  sources: readonly MappingSource[],
  values: RequestValues,
  context: ReadContext,
): Reading {
  const parts = sources.flatMap((source) => {
    const value = values.read(source).find((one) => !isEmptyValue(one))?.value;
    return value === undefined ? [] : [{ source, text: plainText(value) }];
  });
  const used = parts.map(({ source }) => source.text);
  const texts = parts.map(({ text }) => text?.trim()).filter((text) => text !== undefined);
  const joined = texts.join(separator);
  const reading = { row, sources: used, text: parts.length === 0 ? null : joined };
  if (parts.length === 0) return { ...reading, result: { kind: 'absent' } };
  const macro = texts.find((text) => isPlaceholder(text));
  const missing = sources.filter(({ text }) => !used.includes(text)).map(({ text }) => text);
  const fault =
    texts.length < parts.length
      ? new Invalid('Join texts, numbers and booleans only: a list or an object has no text.')
      : macro !== undefined
        ? unresolvedPlaceholder(macro)
        : missing.length > 0 && idFields.has(row.field)
          ? new Invalid(`Send ${missing.join(', ')} too: the id is joined from all its parts.`)
          : null;
  if (fault !== null) return { ...reading, result: { kind: 'fault', fault } };
  return { ...reading, result: convert(row, { value: joined, isText: true }, context) };
}

function convert(row: MappingRow, found: FoundValue, context: ReadContext): Reading['result'] {
  const text = plainText(found.value);
  if (row.words !== null) {
    if (text === undefined) return fault(new Invalid('Send a text, a number or a boolean.'));
    const word = wordOf(row, text);
    if (word !== null) return word;
    // "as_is" leaves it to the field. Ignored, or read as another value, a macro would go unnoticed.
    if (row.otherwise !== 'as_is' && isPlaceholder(text, 'text')) return fault(unresolvedPlaceholder(text));
    if (row.otherwise === 'refuse') return fault(unknownWord(row, text));
    if (row.otherwise === 'ignore') return { kind: 'absent' };
    if (row.otherwise !== 'as_is') return { kind: 'value', value: row.otherwise.value, isText: false };
  }
  const { conversion } = row;
  if (conversion === null) return { kind: 'value', ...found };
  if (text === undefined) return fault(new Invalid('Send a text, a number or a boolean.'));
  if (conversion.as === 'text') return { kind: 'value', value: text, isText: found.isText };
  if (isPlaceholder(text)) return fault(unresolvedPlaceholder(text));
  const value = convertTo(conversion, found.value, context, row.tagKey === null);
  if (conversion.as === 'phone' && row.otherwise === 'ignore' && isNoNumber(value, context))
    return { kind: 'absent' };
  return value instanceof Invalid ? fault(value) : { kind: 'value', value, isText: false };
}

function convertTo(
  conversion: Exclude<Conversion, { as: 'text' }> | Conversion,
  value: unknown,
  { timeZone, defaultCountry }: ReadContext,
  isField: boolean,
): unknown {
  switch (conversion.as) {
    case 'text':
      return plainText(value);
    case 'boolean':
      return readBoolean(value);
    case 'phone':
      return readNumber(value, conversion.isE164, isField, defaultCountry);
    case 'money':
      return readMoneyText(value, conversion);
    case 'seconds':
      return readSecondsText(value, conversion.isMilliseconds);
    case 'time':
      return readTime(value, conversion.format, conversion.zone ?? timeZone);
  }
}

/** An extension, a SIP user: a caller without a number, unlike one who withholds it. */
function isNoNumber(value: unknown, { defaultCountry }: ReadContext): boolean {
  const read = value instanceof Invalid ? value : readPhone(value, defaultCountry);
  return read instanceof Invalid && read.code !== 'caller_withheld';
}

/** In a field, what is no number is passed on as it is written: the field itself says what that means. */
function readNumber(value: unknown, isE164: boolean, isField: boolean, defaultCountry: string): unknown {
  const text = plainText(value)?.trim() ?? '';
  const read = readPhone(isE164 && /^[1-9]\d{6,14}$/.test(text) ? `+${text}` : value, defaultCountry);
  const isLeft = read instanceof Invalid && (isField || read.code === 'caller_withheld');
  return isLeft ? value : read;
}

function wordOf({ words }: MappingRow, text: string): Reading['result'] | null {
  const value = words?.get(normalizeWord(text));
  return value === undefined ? null : { kind: 'value', value, isText: false };
}

function unknownWord({ words }: MappingRow, text: string): Invalid {
  const known = [...(words?.keys() ?? [])];
  const more = known.length > wordsNamedMax ? ` and ${known.length - wordsNamedMax} more` : '';
  const detail = `"${text.slice(0, textShownMax)}" is not a known word. Known: ${known.slice(0, wordsNamedMax).join(', ')}${more}. Send one of them, or add the word to the mapping.`;
  return new Invalid(detail, 'unknown_word' satisfies FaultCode);
}

function conflict({ text }: MappingSource): Reading['result'] {
  return fault(new Invalid(`Send ${text} once: it has several values.`, 'conflicting_field'));
}

function fault(invalid: Invalid): Reading['result'] {
  return { kind: 'fault', fault: invalid };
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (plainText(one) !== undefined && plainText(one) === plainText(other));
}
