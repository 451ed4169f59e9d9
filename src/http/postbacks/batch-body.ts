/** The body of a batch: which items it has, before any of them is read (docs/senders.md#batches). */

import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { isJsonObject, parseJson } from '../../core/values/json.ts';
import { readBoolean } from '../../core/values/text.ts';
import { type Body, readBody, unsupportedMediaType } from '../server/body.ts';

export const batchBytesMax = 16 * 1024 * 1024;
const itemsMax = 10_000;

/** An item as it was sent: a line that is yet to be parsed, or a JSON value. */
export type RawItem = { line: string } | { value: unknown };

export type BatchBody = { items: RawItem[]; isAtomic: boolean; isDryRun: boolean };

const ndjsonTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
const jsonTypes = new Set(['application/json', 'text/json', 'text/plain', '']);

/** Reads a batch. `atomic` and `dry_run` may stand in the query too, where lists and lines have no place for them. */
export function readBatchBody(
  text: string,
  contentType: string | undefined,
  query: URLSearchParams,
): BatchBody | Rejection {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isLines = ndjsonTypes.has(mediaType);
  if (!isLines && !jsonTypes.has(mediaType))
    return unsupportedMediaType('application/json or application/x-ndjson');
  const content = isLines ? { updates: splitLines(text) } : readJson(text);
  if ('code' in content) return content;
  if (content.updates.length > itemsMax) {
    return reject(
      'body_too_large',
      `Send at most ${itemsMax} items in one batch; this one has ${content.updates.length}. Nothing was done.`,
    );
  }
  const isAtomic = readFlag('atomic', content, query);
  const isDryRun = readFlag('dry_run', content, query);
  if (typeof isAtomic !== 'boolean') return isAtomic;
  if (typeof isDryRun !== 'boolean') return isDryRun;
  return { items: content.updates, isAtomic, isDryRun };
}

/** One item as a body, and its JSON text for the log. */
export function readItem(item: RawItem): { body: Body | Rejection; text: string } {
  if ('line' in item) {
    const body = readBody(item.line, 'application/json');
    return { body, text: 'kind' in body ? item.line : JSON.stringify(item.line) };
  }
  const text = JSON.stringify(item.value);
  if (isJsonObject(item.value)) return { body: { kind: 'json', payload: item.value }, text };
  return { body: reject('malformed_body', 'Send each item as a JSON object.'), text };
}

type Content = { updates: RawItem[]; atomic?: unknown; dry_run?: unknown };

function splitLines(text: string): RawItem[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line: line.trim() }));
}

function readJson(text: string): Content | Rejection {
  const howTo = 'Send a JSON array of updates, or an object such as {"updates":[…]}.';
  try {
    const content = parseJson(text.replace(/^\uFEFF/, ''));
    const updates = isJsonObject(content) ? content['updates'] : content;
    if (!Array.isArray(updates)) return reject('malformed_body', howTo);
    const items = updates.map((value: unknown) => ({ value }));
    return isJsonObject(content) ? { ...content, updates: items } : { updates: items };
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it cannot be parsed';
    return reject('malformed_body', `The body is not valid JSON: ${reason}. ${howTo}`);
  }
}

function readFlag(name: 'atomic' | 'dry_run', content: Content, query: URLSearchParams): boolean | Rejection {
  const sent = content[name] ?? query.get(name) ?? false;
  const read = sent === '' ? false : readBoolean(sent);
  if (typeof read === 'boolean') return read;
  return reject('invalid_value', `${name}: ${read.detail}`, [
    { field: name, code: 'invalid_value', detail: read.detail },
  ]);
}

/** True where an item may name its call by phone number. */
export function mentionsPhone(item: RawItem): boolean {
  if ('line' in item) return item.line.includes('phone_number');
  return isJsonObject(item.value) && Object.hasOwn(item.value, 'phone_number');
}
