/** Tags of a call: keys with text values. Reads every spelling that senders use (docs/senders.md#fields). */
import { bareObject } from './bare-object.ts';
import { type Fault, Invalid } from './fault.ts';
import { isJsonObject, parseJson, textOf } from './json/json.ts';
import { isPlaceholder, unresolvedPlaceholder } from './text/placeholder.ts';
import { checkText } from './text/text.ts';

/** Without anything inherited, so that keys such as `__proto__` are keys like any other. */
export type Tags = Record<string, string>;

export const tagsPerRequestMax = 50;
export const tagsPerCallMax = 200;
const keyCharsMax = 100;
const valueCharsMax = 1_000;

const howToAdd = 'Send an object such as {"deal":"won"}, or a list of texts such as "deal:won".';

/** One tag as it was sent, before its key and value are checked. */
export type RawTag = { key: string; value: unknown };

export function emptyTags(): Tags {
  return bareObject();
}

/** A tag's value or null; never something inherited. */
export function tagOf(tags: Tags, key: string): string | null {
  return Object.hasOwn(tags, key) ? (tags[key] ?? null) : null;
}

/** Spells out the JSON forms of `add`: object, list of pairs, of one-pair objects or of texts; one text; each also as text. */
export function parseTags(sent: unknown): RawTag[] | Invalid {
  const value = withoutTextAround(sent);
  if (value instanceof Invalid) return value;
  if (isJsonObject(value)) return Object.entries(value).map(([key, tagValue]) => ({ key, value: tagValue }));
  if (typeof value === 'string') return [splitTag(value)];
  if (!Array.isArray(value)) return new Invalid(howToAdd);
  const tags: RawTag[] = [];
  for (const item of value) {
    const tag = parseTagItem(item);
    if (tag instanceof Invalid) return tag;
    tags.push(tag);
  }
  return tags;
}

/** `add` as query or form text: JSON, or `key:value` with commas between several. */
export function parseTagText(text: string): RawTag[] | Invalid {
  const value = withoutTextAround(text);
  return value === text ? splitCommas(text).map(splitTag) : parseTags(value);
}

/** `remove` in JSON: one key, or a list of keys; the list also as text. */
export function parseKeys(sent: unknown): string[] | Invalid {
  const value = withoutTextAround(sent);
  if (value instanceof Invalid) return value;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((key) => typeof key === 'string')) return value;
  return new Invalid('Send a tag key, or a list of tag keys.');
}

/** `remove` as query or form text: JSON, or keys with commas between several. */
export function parseKeyText(text: string): string[] | Invalid {
  const value = withoutTextAround(text);
  return value === text ? splitCommas(text) : parseKeys(value);
}

/** Checks keys and values; every fault names its tag, such as `add.deal`. */
export function checkTags(rawTags: RawTag[], name: string, faults: Fault[]): Tags {
  const tags = emptyTags();
  for (const { key: rawKey, value: rawValue } of rawTags) {
    const key = checkKey(rawKey, name, faults);
    if (key === undefined) continue;
    const value = readTagValue(rawValue);
    if (value instanceof Invalid) faults.push({ field: `${name}.${key}`, ...faultOf(value) });
    else tags[key] = value;
  }
  return tags;
}

/** Checks and trims the keys to remove; sorted, each once. */
export function checkKeys(rawKeys: string[], name: string, faults: Fault[]): string[] {
  const keys = rawKeys.map((key) => checkKey(key, name, faults)).filter((key) => key !== undefined);
  return [...new Set(keys)].sort();
}

function checkKey(rawKey: string, name: string, faults: Fault[]): string | undefined {
  const key = rawKey.trim();
  const checked =
    key === ''
      ? new Invalid(`Send tag keys of 1 to ${keyCharsMax} characters.`)
      : isPlaceholder(key)
        ? unresolvedPlaceholder(key)
        : checkText(key, keyCharsMax);
  if (!(checked instanceof Invalid)) return checked;
  faults.push({ field: name, ...faultOf(checked) });
  return undefined;
}

function readTagValue(value: unknown): string | Invalid {
  const text = typeof value === 'boolean' ? String(value) : textOf(value);
  if (text === undefined) {
    return new Invalid('Send a text, a number or a boolean; to remove a tag, name its key in "remove".');
  }
  return typeof value === 'string' && isPlaceholder(text, 'text')
    ? unresolvedPlaceholder(text)
    : checkText(text, valueCharsMax);
}

function faultOf({ code, detail }: Invalid): Pick<Fault, 'code' | 'detail'> {
  return { code, detail };
}

function parseTagItem(sent: unknown): RawTag | Invalid {
  const item = withoutTextAround(sent);
  if (item instanceof Invalid) return item;
  if (typeof item === 'string') return splitTag(item);
  if (!isJsonObject(item)) return new Invalid(howToAdd);
  const pairs = Object.entries(item);
  const key = textOf(item['key']);
  if (pairs.length === 2 && key !== undefined && Object.hasOwn(item, 'value')) {
    return { key, value: item['value'] };
  }
  const [pair] = pairs;
  return pairs.length === 1 && pair !== undefined ? { key: pair[0], value: pair[1] } : new Invalid(howToAdd);
}

/** `key:value` or `key=value`, split at the first separator; without one, the value is `"true"`. */
function splitTag(text: string): RawTag {
  const at = text.search(/[:=]/);
  return at === -1 ? { key: text, value: 'true' } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function splitCommas(text: string): string[] {
  return text.split(',').filter((part) => part.trim() !== '');
}

/** No key of a tag and no id begins so. */
const jsonStart = /^\s*(?:\{\s*"|\[\s*["{])/;

/**
 * What a text holds that is JSON: queries and forms have nothing else, and tools that map one field to another write an
 * object or a list of theirs as text. Cut JSON, as of a URL with a `&` in it, would make tags of its pieces.
 */
export function withoutTextAround(sent: unknown): unknown {
  if (typeof sent !== 'string' || !/^\s*[[{]/.test(sent)) return sent;
  try {
    return parseJson(sent);
  } catch {
    return jsonStart.test(sent)
      ? new Invalid('Send the whole JSON, with each name once: this text begins as JSON and cannot be read.')
      : sent;
  }
}
