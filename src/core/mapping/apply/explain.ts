/** What was read of a request, and from where: for the person who writes the mapping. */
import type { Decoded } from '../../updates/decode/decode.ts';
import type { InputSource, RawValue } from '../../updates/decode/input-source.ts';
import type { Fault } from '../../values/fault.ts';
import { isJsonObject } from '../../values/json/json.ts';
import { tagOf } from '../../values/tags.ts';
import type { Mapping, MappingSource } from '../mapping.ts';
import { keyNames, secretHeaders } from '../parse/parse-source.ts';
import { pointerToken } from '../pointer.ts';
import { isMet } from './apply-mapping.ts';
import type { Reading } from './read-row.ts';
import { type MappingRequest, RequestValues, shownText } from './request-values.ts';

export type ExplainedField = {
  /** how a row names it; null for a constant, or where no source has a value */
  source: string | null;
  /** as it was sent */
  text: string | null;
  /** as it was read; null where it was not */
  value: unknown;
  error: Pick<Fault, 'code' | 'detail'> | null;
};

export type UnusedSource = { source: string; text: string | null };
export type UnmetCondition = UnusedSource;

const unusedMax = 500;
const textCharsMax = 500;

/** By the name of the field, `add.KEY` for a tag: those that have a row, and those that were read without one. */
export function explainFields(
  readings: readonly Reading[],
  sources: readonly InputSource[],
  decoded: Decoded,
): Map<string, ExplainedField> {
  const fields = new Map<string, ExplainedField>();
  for (const { row, sources: used, text, result } of readings) {
    const name = row.tagKey === null ? row.field : row.name;
    const value =
      readValueOf(decoded, row.field, row.tagKey) ?? (result.kind === 'value' ? result.value : null);
    const error = errorOf(decoded, row.name);
    const source = used.length === 0 ? null : used.join(', ');
    fields.set(name, { source, text: shorten(text), value: error === null ? value : null, error });
  }
  for (const [field, given] of firstGiven(sources)) {
    const [first] = given;
    if (fields.has(field) || first === undefined || field === 'add') continue;
    const error = errorOf(decoded, first.name);
    const value = error === null ? readValueOf(decoded, field, null) : null;
    fields.set(field, { source: first.name, text: shorten(shownText(first.value)), value, error });
  }
  for (const [key, value] of Object.entries(decoded.update.add)) {
    const name = `add.${key}`;
    if (!fields.has(name)) fields.set(name, { source: 'add', text: value, value, error: null });
  }
  return fields;
}

/** Every value of a record that is not read, by the name that a row would have to give. @param fields what was read */
export function findUnused(
  mapping: Mapping | null,
  fields: ReadonlyMap<string, ExplainedField>,
  request: MappingRequest,
  record: unknown,
): UnusedSource[] {
  const used = usedSources(mapping);
  for (const { source } of fields.values()) if (source !== null) used.add(source);
  const found = new Map<string, string | null>();
  const add = (source: string, alias: string, text: string | null) => {
    if (found.size < unusedMax && !used.has(source) && !used.has(alias)) found.set(source, shorten(text));
  };
  for (const [pairs, kind] of [
    [request.form ?? [], 'form'],
    [request.query, 'query'],
  ] as const) {
    for (const [name, value] of pairs) {
      const isPlain = !/^(?:\/|query\.|header\.)/.test(name) && !found.has(name);
      if (!keyNames.has(name)) add(isPlain ? name : `${kind}.${name}`, `query.${name}`, value);
    }
  }
  addLeaves(record, '', add);
  for (const [name, value] of Object.entries(request.headers)) {
    if (!secretHeaders.has(name) && value !== undefined) add(`header.${name}`, '', String(value));
  }
  return Array.from(found, ([source, text]) => ({ source, text }));
}

/** The conditions of `only_when` that a record does not meet, each with what it has there; null: nothing. */
export function findUnmet({ onlyWhen }: Mapping, request: MappingRequest, record: unknown): UnmetCondition[] {
  const values = new RequestValues(request, record);
  return onlyWhen
    .filter((condition) => !isMet([condition], values))
    .map(({ sources }) => {
      const [found] = sources.flatMap((source) => values.readCondition(source));
      const text = found === undefined ? null : shorten(shownText(found.value));
      return { source: sources.map(sourceName).join(', '), text };
    });
}

function addLeaves(
  value: unknown,
  pointer: string,
  add: (source: string, alias: string, text: string | null) => void,
): void {
  const members = Array.isArray(value)
    ? [...value.entries()]
    : isJsonObject(value)
      ? Object.entries(value)
      : null;
  if (members === null || members.length === 0) {
    if (pointer !== '') add(pointer, aliasOf(pointer), value === undefined ? null : shownText(value));
    return;
  }
  for (const [name, inner] of members) {
    if (pointer !== '' || !keyNames.has(String(name)))
      addLeaves(inner, pointer + pointerToken(String(name)), add);
  }
}

/** `/status` may be read as the parameter `status` too. */
function aliasOf(pointer: string): string {
  return pointer.lastIndexOf('/') === 0 ? pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~') : '';
}

function usedSources(mapping: Mapping | null): Set<string> {
  const parts =
    mapping === null
      ? []
      : [...mapping.onlyWhen, ...mapping.rows.flatMap(({ content, when }) => [content, ...when])];
  return new Set(parts.flatMap((part) => ('sources' in part ? part.sources.map(sourceName) : [])));
}

/** Header names in lower case. */
function sourceName(source: MappingSource): string {
  return source.kind === 'header' ? `header.${source.name}` : source.text;
}

function firstGiven(sources: readonly InputSource[]): Map<string, RawValue[]> {
  const first = new Map<string, RawValue[]>();
  for (const { given } of sources) {
    for (const [field, all] of given) if (!first.has(field)) first.set(field, all);
  }
  return first;
}

function errorOf({ faults }: Decoded, name: string): ExplainedField['error'] {
  const fault = faults.find(({ field }) => field === name);
  return fault === undefined ? null : { code: fault.code, detail: fault.detail };
}

/** As it goes on to the call; undefined for what is no value of the update. */
function readValueOf(decoded: Decoded, field: string, tagKey: string | null): unknown {
  const { target, update, transactionId, isDryRun } = decoded;
  if (tagKey !== null) return tagOf(update.add, tagKey) ?? undefined;
  switch (field) {
    case 'call_log_id':
      return target !== null && 'callLogId' in target ? target.callLogId : undefined;
    case 'phone_number':
      return target !== null && 'phoneNumber' in target ? target.phoneNumber : undefined;
    case 'transaction_id':
      return transactionId ?? undefined;
    case 'dry_run':
      return isDryRun;
    case 'remove':
      return update.remove;
    default:
      return Object.hasOwn(update.set, field) ? Reflect.get(update.set, field) : undefined;
  }
}

function shorten(text: string | null): string | null {
  return text === null ? null : text.slice(0, textCharsMax);
}
