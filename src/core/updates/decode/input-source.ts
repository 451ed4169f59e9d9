/**
 * Sorts what a sender wrote by the names of the fields, without reading a value yet.
 * A query and a form are pairs of text; a JSON body is an object. Both become an `InputSource`.
 */

import { type Fault, Invalid } from '../../values/fault.ts';
import { isJsonObject, parseJson } from '../../values/json/json.ts';
import { isPlaceholder, unresolvedPlaceholder } from '../../values/text/placeholder.ts';
import { fieldNamesOf, isNearlyFields, knownName, otherName, plainName } from '../fields/field-names.ts';
import type { WebhookTypeRow } from '../fields/webhook-type.ts';
import { TagLists } from './tag-lists.ts';

/** One value as it was sent. */
export type RawValue = {
  /** the name as the sender wrote it, such as `fields.converted` */
  name: string;
  value: unknown;
  /** from a query or form, where an empty value or `null` means null (docs/senders.md#encodings) */
  isText: boolean;
  inFields: boolean;
  /** a tag that is a separate parameter */
  isParameter?: true;
};

export type InputSource = {
  /** by the field's own name (`revenue_paid_out`, `add`, `transaction_id`), whatever alias was sent */
  given: Map<string, RawValue[]>;
  /** unknown names at the top level, as often as they were sent */
  ignored: string[];
  faults: Fault[];
};

/**
 * Sorts the pairs of a query or a form: `name=…`, `fields[name]=…`, `fields={…}`, and lists as form libraries write them
 * (`add[key]=…`, `add[]=…`, `add[0]=…`, `add[0][key]=…`, `add.key=…`, `remove[]=…`).
 */
export function readPairs(pairs: Iterable<[string, string]>, type: WebhookTypeRow): InputSource {
  const source = emptySource();
  const lists = new TagLists();
  for (const [name, value] of pairs) placeParameter(source, lists, name, value, true, type);
  for (const given of lists.gathered()) place(source, 'add', given, type);
  return source;
}

/**
 * Sorts a JSON payload: names at the top level, in `fields`, or both. Tools that make JSON of a form keep its names
 * (`"add[deal]"`), and what they nest is a text (`"fields":"{…}"`).
 */
export function readObject(payload: Record<string, unknown>, type: WebhookTypeRow): InputSource {
  const source = emptySource();
  let lists: TagLists | null = null; // most payloads need none
  for (const name of Object.keys(payload)) {
    const value = payload[name];
    if (hasPath(name) || isFields(name)) {
      lists ??= new TagLists();
      placeParameter(source, lists, name, value, false, type);
    } else if (isJsonObject(value) && type.controls === undefined && isNearlyFields(name)) {
      const detail = `Send "fields" if "${name}" is meant to be it. Nothing was done, so that no value is lost.`;
      source.faults.push({ field: name, code: 'unknown_field', detail });
    } else place(source, name, { name, value, isText: false, inFields: false }, type);
  }
  for (const given of lists?.gathered() ?? []) place(source, 'add', given, type);
  return source;
}

function placeParameter(
  source: InputSource,
  lists: TagLists,
  name: string,
  value: unknown,
  isText: boolean,
  type: WebhookTypeRow,
): void {
  const { base, path } = splitName(name);
  if (base !== 'fields') {
    placeNamed(source, lists, { base, path }, { name, value, isText, inFields: false }, type);
  } else if (path === '') {
    readFields(source, lists, value, type);
  } else {
    const member = splitName(nameInFields(path));
    const sentAs = `fields.${member.base}${member.path}`;
    placeNamed(source, lists, member, { name: sentAs, value, isText, inFields: true }, type);
  }
}

/** In any spelling; the length tells most names apart at once. */
function isFields(name: string): boolean {
  return name === 'fields' || (name.length >= 6 && name.length <= 8 && plainName(name) === 'fields');
}

function faultOfFields(value: unknown): Fault {
  const { code, detail } =
    typeof value === 'string' && isPlaceholder(value)
      ? unresolvedPlaceholder(value)
      : new Invalid('Send "fields" as a JSON object, such as {"converted":true}.');
  return { field: 'fields', code, detail };
}

function emptySource(): InputSource {
  return { given: new Map(), ignored: [], faults: [] };
}

/** A name before its brackets or dots, and what follows: `add[0].key` → `add`, `[0][key]`; `add.deal` → `add`, `[deal]`. */
type SplitName = { base: string; path: string };

function hasPath(name: string): boolean {
  return name.includes('[') || name.includes('.');
}

function splitName(name: string): SplitName {
  const open = name.search(/[[.]/);
  if (open <= 0) return { base: isFields(name) ? 'fields' : name, path: '' };
  const [base, path] = [plainName(name.slice(0, open)), name.slice(open)];
  if (base === 'fields') return { base, path };
  if (base === 'add' || base === 'remove') return { base, path: inBrackets(path) };
  return name[open] === '[' ? { base: name.slice(0, open), path } : { base: name, path: '' };
}

/** A dot before the name of a tag or of a member of a list is what brackets around it are. */
function inBrackets(path: string): string {
  const [, place, member] = /^\[(\d*)\]\.(.+)$/s.exec(path) ?? /^\.(\d+)\.(key|value)$/.exec(path) ?? [];
  if (member !== undefined) return `[${place}][${member}]`;
  return path.startsWith('.') ? `[${path.slice(1)}]` : path;
}

/** `[add][deal]` → `add[deal]`; `.add[deal]` → `add[deal]` */
function nameInFields(path: string): string {
  if (path.startsWith('.')) return path.slice(1);
  const end = path.indexOf(']');
  return end === -1 ? path.slice(1) : path.slice(1, end) + path.slice(end + 1);
}

/** An object, or its JSON text. */
function readFields(source: InputSource, lists: TagLists, sent: unknown, type: WebhookTypeRow): void {
  if (sent === null || (typeof sent === 'string' && sent.trim() === '')) return;
  const fields = typeof sent === 'string' ? parsedOrText(sent) : sent;
  if (!isJsonObject(fields)) {
    source.faults.push(faultOfFields(fields));
    return;
  }
  for (const name of Object.keys(fields)) {
    const given = { name: `fields.${name}`, value: fields[name], isText: false, inFields: true };
    placeNamed(source, lists, splitName(name), given, type);
  }
}

function parsedOrText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function placeNamed(
  source: InputSource,
  lists: TagLists,
  { base, path }: SplitName,
  given: RawValue,
  type: WebhookTypeRow,
): void {
  const known = path === '' ? undefined : knownName(base, given.inFields, type);
  if (known === undefined) {
    place(source, base + path, given, type);
  } else if ((known === 'remove' || known === 'other_ids') && /^\[\d*\]$/.test(path)) {
    place(source, base, given, type);
  } else if (known === 'add') {
    const tag = lists.take(path, given);
    if (tag instanceof Invalid) {
      source.faults.push({ field: given.name, code: tag.code, detail: tag.detail });
    } else if (tag !== undefined) place(source, base, tag, type);
  } else {
    const detail =
      known === 'remove' || known === 'other_ids'
        ? `Send a list as ${base}=A,B or as ${base}[]=A.`
        : `Send "${base}" once, by this name alone: it is not a list.`;
    source.faults.push({ field: given.name, code: 'invalid_value', detail });
  }
}

function place(source: InputSource, name: string, given: RawValue, type: WebhookTypeRow): void {
  const known = knownName(name, given.inFields, type);
  if (known !== undefined) {
    const others = source.given.get(known);
    if (others === undefined) source.given.set(known, [given]);
    else others.push(given);
    return;
  }
  const { meant, isKey } = otherName(name, given.inFields, type);
  if (isKey && !given.inFields) return;
  if (type.controls !== undefined) {
    placeTag(source, name, given);
  } else if (given.isText && name.startsWith(' ') && given.value === '') {
    const detail = `The & before "${name.trim().slice(0, 100)}" cuts the text before it: send it as %26.`;
    source.faults.push({ field: given.name, code: 'invalid_value', detail });
  } else if (given.inFields || meant !== undefined) {
    const detail = unknownFieldDetail(name, meant, given.inFields, type);
    source.faults.push({ field: given.name, code: 'unknown_field', detail });
  } else {
    source.ignored.push(name);
  }
}

/** A parameter that is a tag. One without a value says nothing: a template of the sender had none. */
function placeTag(source: InputSource, name: string, given: RawValue): void {
  const { value } = given;
  if (value === null || (typeof value === 'string' && value.trim() === '')) return;
  const tag: RawValue = {
    ...{ ...given, value: [{ key: name, value }] },
    ...{ isText: false, inFields: false, isParameter: true },
  };
  source.given.set('add', [...(source.given.get('add') ?? []), tag]);
}

function unknownFieldDetail(
  name: string,
  meant: string | undefined,
  isInFields: boolean,
  type: WebhookTypeRow,
): string {
  const none = `There is no field "${name.slice(0, 100)}"${isInFields ? ' in "fields"' : ''}`;
  return meant === undefined
    ? `${none}; it takes ${fieldNamesOf(type).join(', ')}.`
    : `${none}: send "${meant}" if that is meant. Nothing was done, so that no value is lost.`;
}
