/**
 * Reads a request by a mapping: what comes out are sources as `decodePostback` reads them without one. A name with
 * a row is read only from its sources; every other name is read as before. Never throws.
 */

import type { InputSource, RawValue } from '../../updates/decode/input-source.ts';
import type { ReadContext } from '../../updates/fields/fields.ts';
import { type Fault, Invalid } from '../../values/fault.ts';
import { parseTags, parseTagText, type RawTag } from '../../values/tags.ts';
import {
  type Condition,
  type Mapping,
  type MappingRow,
  type MappingSource,
  normalizeWord,
} from '../mapping.ts';
import { readPointer } from '../pointer.ts';
import { type Reading, readRow } from './read-row.ts';
import { isEmptyValue, type MappingRequest, plainText, RequestValues } from './request-values.ts';

/** The records of a body: the body itself without `each`, else what its pointer names. */
export function recordsOf({ each }: Mapping, body: unknown): unknown[] | Fault {
  if (each === null) return [body];
  const found = readPointer(body, each);
  if (Array.isArray(found)) return found;
  if (typeof found === 'object' && found !== null) return [found];
  const pointer = each.map((token) => `/${token}`).join('');
  const detail = `Send a record or a list of records at "${pointer}" of a JSON body, or correct "each" in the mapping.`;
  return { field: pointer, code: 'invalid_value', detail };
}

export type MappedRecord = {
  sources: InputSource[];
  readings: Reading[];
};

/**
 * @param record what `recordsOf` gave
 * @param sources the record as it is read without a mapping, first one first
 * @returns null where `only_when` is not met
 */
export function applyMapping(
  mapping: Mapping,
  request: MappingRequest,
  record: unknown,
  sources: InputSource[],
  context: ReadContext,
): MappedRecord | null {
  const values = new RequestValues(request, record);
  if (!isMet(mapping.onlyWhen, values)) return null;
  const readings = readRows(mapping.rows, values, context);
  return { sources: merge(mapping, readings, sources), readings };
}

/**
 * The rows alone, without what a record says under our own names: for files that are not postbacks.
 * @returns null where `only_when` is not met
 */
export function readMapped(
  mapping: Mapping,
  request: MappingRequest,
  context: ReadContext,
): Reading[] | null {
  const values = new RequestValues(request, request.body);
  if (!isMet(mapping.onlyWhen, values)) return null;
  return readRows(mapping.rows, values, context);
}

/**
 * Whether a request without records says itself that the mapping is not about it. If it only lacks the source of a
 * condition, the records may be where the mapping does not look: then it must not be ignored.
 */
export function isOfAnotherKind({ onlyWhen }: Mapping, request: MappingRequest): boolean {
  const values = new RequestValues(request, request.body);
  return onlyWhen.some(
    (condition) =>
      !isMet([condition], values) &&
      condition.sources.some((source) => values.read(source).some((found) => !isEmptyValue(found))),
  );
}

export function isMet(conditions: readonly Condition[], values: RequestValues): boolean {
  return conditions.every(({ sources, words }) =>
    sources.some((source) =>
      values.readCondition(source).some(({ value }) => words.has(normalizeWord(plainText(value) ?? ''))),
    ),
  );
}

/** One reading for each name: of several rows, that of the first which reads something. */
function readRows(rows: readonly MappingRow[], values: RequestValues, context: ReadContext): Reading[] {
  const byName = new Map<string, Reading>();
  for (const row of rows) {
    const before = byName.get(row.name);
    if (before !== undefined && before.result.kind !== 'absent') continue;
    if (isMet(row.when, values)) byName.set(row.name, readRow(row, values, context));
    else if (before === undefined) {
      byName.set(row.name, { row, sources: [], text: null, result: { kind: 'absent' } });
    }
  }
  return [...byName.values()];
}

function merge({ rows, onlyWhen }: Mapping, readings: Reading[], sources: InputSource[]): InputSource[] {
  const read = [...rows.flatMap(({ content, when }) => [content, ...when]), ...onlyWhen];
  const used = new Set(read.flatMap((part) => ('sources' in part ? part.sources.map(topLevelName) : [])));
  const replaced = new Set(rows.filter(({ tagKey }) => tagKey === null).map(({ field }) => field));
  const rest = sources.map((source) => withoutNames(source, replaced, used));
  const mapped: InputSource = { given: new Map(), ignored: [], faults: [] };
  const tags: RawTag[] = [];
  for (const { row, result } of readings) {
    if (result.kind === 'fault') mapped.faults.push(faultOf(row, result.fault));
    if (result.kind !== 'value') continue;
    if (row.tagKey !== null) tags.push({ key: row.tagKey, value: result.value });
    else
      mapped.given.set(row.field, [
        { name: row.name, value: result.value, isText: result.isText, inFields: false },
      ]);
  }
  const tagKeys = new Set(rows.map(({ tagKey }) => tagKey).filter((key) => key !== null));
  if (tagKeys.size > 0) addTags([mapped, ...rest], tags, tagKeys);
  return [mapped, ...rest];
}

/** What the mapping does not read. What it reads under a name of the sender's is neither ignored nor a tag. */
function withoutNames(
  { given, ignored, faults }: InputSource,
  replaced: Set<string>,
  used: Set<string>,
): InputSource {
  const isUsed = (name: string) => used.has(name);
  const dropped: string[] = [];
  const kept = new Map<string, RawValue[]>();
  for (const [field, all] of given) {
    if (replaced.has(field)) {
      dropped.push(...all.map(({ name }) => name));
      continue;
    }
    const unread = all.filter(({ name, isParameter }) => isParameter !== true || !isUsed(name));
    if (unread.length > 0) kept.set(field, unread);
  }
  return {
    given: kept,
    ignored: [...ignored, ...dropped].filter((name) => !isUsed(name)),
    faults: faults.filter(({ field }) => field === null || !(isUsed(field) || isUsed('fields'))),
  };
}

/** `/fields/Payout` uses the name `fields`: what the sender has there is its own. */
function topLevelName(source: MappingSource): string {
  return source.kind === 'pointer' ? (source.path[0] ?? '') : source.name;
}

/** Tags with a row replace those of the same key; others are read as they were sent. */
function addTags(sources: InputSource[], tags: RawTag[], keys: ReadonlySet<string>): void {
  const at = sources.find(({ given }) => given.has('add')) ?? sources[0];
  if (at === undefined) return;
  const sent = (at.given.get('add') ?? []).flatMap((given) => withoutTags(given, keys));
  const rows = { name: 'add', value: tags, isText: false };
  const added = [false, true]
    .filter((inFields) => sent.some((given) => given.inFields === inFields))
    .map((inFields) => ({ ...rows, inFields }));
  if (added.length > 0) at.given.set('add', [...sent, ...added]);
  else if (tags.length > 0) at.given.set('add', [{ ...rows, inFields: false }]);
  else at.given.delete('add');
}

function withoutTags(given: RawValue, keys: ReadonlySet<string>): RawValue[] {
  const { value, isText } = given;
  const tags = isText && typeof value === 'string' ? parseTagText(value) : parseTags(value);
  if (tags instanceof Invalid) return [given];
  const others = tags.filter(({ key }) => !keys.has(key.trim()));
  return others.length === 0 && tags.length > 0 ? [] : [{ ...given, value: others, isText: false }];
}

function faultOf({ name }: MappingRow, { code, detail }: Invalid): Fault {
  return { field: name, code, detail };
}

/** Faults as the operator needs them: with the source that the mapping read, and its text. */
export function explainFaults(faults: Fault[], readings: readonly Reading[]): Fault[] {
  return faults.map((fault) => {
    const reading = readings.find(({ row }) => row.name === fault.field);
    if (reading === undefined || reading.sources.length === 0) return fault;
    const text = reading.text === null ? '' : `, which is "${reading.text.slice(0, 100)}"`;
    return {
      ...fault,
      detail: `${fault.detail} The mapping reads it from ${reading.sources.join(', ')}${text}.`,
    };
  });
}
