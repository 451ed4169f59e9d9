/**
 * Sorts what a sender wrote by the names of the contract, without reading a value yet.
 * A query and a form are pairs of text; a JSON body is an object. Both become a `Source`.
 */
import { type Fault, Invalid } from '../values/fault.ts';
import { isJsonObject, parseJson } from '../values/json.ts';
import { isPlaceholder, unresolvedPlaceholder } from '../values/placeholder.ts';
import type { WebhookTypeRow } from './webhook-type.ts';

/** One value as it was sent. */
export type Given = {
  /** the name as the sender wrote it, such as `fields.converted` */
  name: string;
  value: unknown;
  /** from a query or form, where an empty value or `null` means null (docs/senders.md#encodings) */
  isText: boolean;
  inFields: boolean;
};

export type Source = {
  /** by the field's own name (`revenue_paid_out`, `add`, `transaction_id`), whatever alias was sent */
  given: Map<string, Given[]>;
  /** unknown names at the top level, as often as they were sent */
  ignored: string[];
  faults: Fault[];
};

const controlNames = new Set(['call_log_id', 'phone_number', 'transaction_id', 'dry_run', 'return']);
/** Read before the payload is; neither a field nor worth listing as ignored. */
const keyNames = new Set(['auth_key', 'moja_auth_key']);

/** How form libraries write a list; what stands in the brackets of `add` otherwise is a key. */
const listName = /^(?:(add)\[\]|(remove)\[\d*\])$/;

/** Sorts the pairs of a query or a form: `name=…`, `fields[name]=…`, `fields={…}`, `add[key]=…`, `remove[]=…`. */
export function readPairs(pairs: Iterable<[string, string]>, type: WebhookTypeRow): Source {
  const source = emptySource();
  for (const [name, value] of pairs) {
    if (name === 'fields') readFieldsText(source, value, type);
    else if (name.startsWith('fields[')) placePair(source, unwrapFields(name), value, true, type);
    else placePair(source, name, value, false, type);
  }
  return source;
}

/** Sorts a JSON payload: names at the top level, in `fields`, or both. */
export function readObject(payload: Record<string, unknown>, type: WebhookTypeRow): Source {
  const source = emptySource();
  for (const [name, value] of Object.entries(payload)) {
    if (name !== 'fields') place(source, name, { name, value, isText: false, inFields: false }, type);
    else if (isJsonObject(value)) readFieldsObject(source, value, type);
    else if (value !== null) source.faults.push(faultOfFields(value));
  }
  return source;
}

function faultOfFields(value: unknown): Fault {
  const { code, detail } =
    typeof value === 'string' && isPlaceholder(value)
      ? unresolvedPlaceholder(value)
      : new Invalid('Send "fields" as a JSON object, such as {"converted":true}.');
  return { field: 'fields', code, detail };
}

function emptySource(): Source {
  return { given: new Map(), ignored: [], faults: [] };
}

/** `fields[add][deal]` → `add[deal]` */
function unwrapFields(name: string): string {
  const end = name.indexOf(']');
  return end === -1 ? name.slice('fields['.length) : name.slice('fields['.length, end) + name.slice(end + 1);
}

function readFieldsText(source: Source, text: string, type: WebhookTypeRow): void {
  if (text.trim() === '') return;
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) readFieldsObject(source, value, type);
    else source.faults.push(faultOfFields(value));
  } catch {
    source.faults.push(faultOfFields(text));
  }
}

function readFieldsObject(source: Source, fields: Record<string, unknown>, type: WebhookTypeRow): void {
  for (const [name, value] of Object.entries(fields)) {
    place(source, name, { name: `fields.${name}`, value, isText: false, inFields: true }, type);
  }
}

function placePair(
  source: Source,
  name: string,
  text: string,
  inFields: boolean,
  type: WebhookTypeRow,
): void {
  const sentAs = inFields ? `fields.${name}` : name;
  const tagKey = type.hasTags ? /^add\[(.+)\]$/s.exec(name)?.[1] : undefined;
  if (tagKey !== undefined) {
    const value = [{ key: tagKey, value: text }];
    place(source, 'add', { name: sentAs, value, isText: false, inFields }, type);
  } else {
    const plainName = name.endsWith(']') ? name.replace(listName, '$1$2') : name;
    place(source, plainName, { name: sentAs, value: text, isText: true, inFields }, type);
  }
}

function place(source: Source, name: string, given: Given, type: WebhookTypeRow): void {
  const known = knownName(name, given.inFields, type);
  if (known !== undefined) {
    const others = source.given.get(known);
    if (others === undefined) source.given.set(known, [given]);
    else others.push(given);
  } else if (given.inFields) {
    source.faults.push({ field: given.name, code: 'unknown_field', detail: unknownFieldDetail(name, type) });
  } else if (!keyNames.has(name)) {
    source.ignored.push(name);
  }
}

/** The field that a name at the top level means; undefined where it means nothing. */
export function canonicalName(name: string, type: WebhookTypeRow): string | undefined {
  return knownName(name, false, type);
}

function knownName(name: string, inFields: boolean, type: WebhookTypeRow): string | undefined {
  const field = type.fields.get(name);
  if (field !== undefined) return field;
  if (type.hasTags && (name === 'add' || name === 'remove')) return name;
  return !inFields && controlNames.has(name) ? name : undefined;
}

function unknownFieldDetail(name: string, type: WebhookTypeRow): string {
  const names = [...type.fields.keys(), ...(type.hasTags ? ['add', 'remove'] : [])];
  return `There is no field "${name.slice(0, 100)}" in "fields"; it takes ${names.join(', ')}.`;
}
