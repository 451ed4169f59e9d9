/** The body of a batch: which items it has, before any of them is read (docs/senders.md#batches). */

import { isUtf8 } from 'node:buffer';
import { rejectJson } from '../../../core/updates/decode/json-body.ts';
import { plainName } from '../../../core/updates/fields/field-names.ts';
import type { WebhookTypeRow } from '../../../core/updates/fields/webhook-type.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import { isJsonObject, jsonDepthMax, parseJson } from '../../../core/values/json/json.ts';
import { type ByteRange, type JsonFault, JsonItems } from '../../../core/values/json/json-items.ts';
import {
  type Body,
  bodyBytesMax,
  isFormType,
  isJsonText,
  isJsonType,
  jsonStartBytes,
  mediaTypeOf,
  readBody,
  unsupportedMediaType,
} from '../../server/body/body.ts';
import type { WorkSlices } from '../../server/work-slices.ts';
import { type BatchFlags, readBatchFlags } from './batch-flags.ts';

export const batchBytesMax = 16 * 1024 * 1024;
const itemsMax = 10_000;
/** 10,000 items with 50 tags each, and more; in 16 MiB there could be 8,000,000. */
const valuesMax = 1_000_000;
/** About 2 ms of work each. */
const pieceBytes = 512 * 1024;
const parsedBytes = 128 * 1024;

/** An item as it was sent: a line that is yet to be parsed, a JSON value, or the beginning of what is too large. */
export type RawItem = { line: string } | { value: unknown } | { tooLarge: string };

export type BatchBody = BatchFlags & { items: RawItem[] };

const ndjsonTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);

/**
 * Reads a batch. `atomic` and `dry_run` may be in the query too: lists and lines have no place for them.
 * @param type as of `readBatchFlags`
 */
export async function readBatchBody(
  bytes: Buffer,
  contentType: string | undefined,
  query: URLSearchParams,
  slices: WorkSlices,
  type: WebhookTypeRow | null,
): Promise<BatchBody | Rejection> {
  const mediaType = mediaTypeOf(contentType);
  // `curl -d` sends everything as a form.
  const isForm = isFormType(contentType) && isJsonText(bytes.toString('utf8', 0, jsonStartBytes));
  const isUntold = isForm || mediaType === 'text/plain' || mediaType === '';
  const isLines = ndjsonTypes.has(mediaType) || (isUntold && beginsWithItem(bytes));
  if (!isLines && !isForm && !isJsonType(mediaType))
    return unsupportedMediaType('application/json or application/x-ndjson');
  if (!isUtf8(bytes)) return reject('malformed_body', 'Send the body in UTF-8.');
  const content = isLines ? await readLines(bytes, slices) : await readJson(bytes, slices);
  if ('code' in content) return content;
  const flags = readBatchFlags(content.members, query, type);
  return 'code' in flags ? flags : { ...flags, items: content.updates };
}

/** Platforms that stream call records send one on a line, as plain text. */
function beginsWithItem(bytes: Buffer): boolean {
  const end = bytes.subarray(0, bodyBytesMax).indexOf('\n');
  try {
    const first = parseJson(
      bytes.toString('utf8', 0, end === -1 ? Math.min(bytes.length, bodyBytesMax) : end),
    );
    return isJsonObject(first) && !Object.keys(first).some(isUpdates);
  } catch {
    return false;
  }
}

/** One item as a body, and its JSON text for the log. */
export function readItem(item: RawItem): { body: Body | Rejection; text: string } {
  if ('tooLarge' in item) {
    const detail = `Send at most ${bodyBytesMax} bytes in one item.`;
    return { body: reject('body_too_large', detail), text: JSON.stringify(item.tooLarge) };
  }
  if ('line' in item) {
    const body = readBody(item.line, 'application/json');
    return { body, text: 'kind' in body ? item.line : JSON.stringify(item.line) };
  }
  const text = JSON.stringify(item.value);
  if (isJsonObject(item.value)) return { body: { kind: 'json', payload: item.value }, text };
  return { body: reject('malformed_body', 'Send each item as a JSON object.'), text };
}

/** `members`: what an object has beside its items */
type Content = { updates: RawItem[]; members: Record<string, unknown> };

async function readLines(bytes: Buffer, slices: WorkSlices): Promise<Content | Rejection> {
  const ranges = await splitLines(bytes, itemsMax, slices);
  if (ranges === null) return tooManyItems();
  const updates = await readRanges(bytes, ranges, slices, (text) => ({ line: text.trim() }));
  return { updates, members: {} };
}

const howTo = 'Send a JSON array of updates, or an object such as {"updates":[…]}.';

async function readJson(bytes: Buffer, slices: WorkSlices): Promise<Content | Rejection> {
  const document = bytes.subarray(bytes.indexOf('\uFEFF') === 0 ? 3 : 0);
  const scan = new JsonItems(document, { levelsMax: jsonDepthMax, itemsMax, valuesMax });
  while (!scan.isAtEnd) {
    const fault = await slices.run(() => scan.scan(pieceBytes));
    if (fault !== null) return rejectFault(fault);
  }
  if (scan.shellBytes > bodyBytesMax) return reject('malformed_body', howTo);
  try {
    const shell = parseJson(scan.shell);
    const named = isJsonObject(shell) ? Object.keys(shell).filter(isUpdates) : [];
    const updates = isJsonObject(shell) ? shell[named[0] ?? ''] : shell;
    if (!Array.isArray(updates) || named.length > 1) return reject('malformed_body', howTo);
    const ranges = scan.itemsOf(Number(updates[0]));
    const items = await readRanges(document, ranges, slices, (text) => ({ value: parseJson(text) }));
    const members = isJsonObject(shell) ? Object.entries(shell).filter(([name]) => !isUpdates(name)) : [];
    return { updates: items, members: Object.fromEntries(members) };
  } catch (error) {
    return rejectJson(error, howTo);
  }
}

function isUpdates(name: string): boolean {
  return plainName(name) === 'updates';
}

/** The items of the ranges, so many at a time that nothing else has to wait for long. */
async function readRanges(
  bytes: Buffer,
  ranges: readonly ByteRange[],
  slices: WorkSlices,
  read: (text: string) => RawItem,
): Promise<RawItem[]> {
  const items: RawItem[] = [];
  while (items.length < ranges.length) {
    await slices.run(() => {
      for (let done = 0; done < parsedBytes && items.length < ranges.length; ) {
        const { from, to } = ranges[items.length] ?? { from: 0, to: 0 };
        const isTooLarge = to - from > bodyBytesMax;
        const text = bytes.toString('utf8', from, isTooLarge ? from + bodyBytesMax : to);
        items.push(isTooLarge ? { tooLarge: text } : read(text));
        done += to - from + perItemBytes;
      }
    });
  }
  return items;
}

/** What an item costs however short it is, as bytes. */
const perItemBytes = 256;

function rejectFault(fault: JsonFault): Rejection {
  if (fault === 'too_many_items') return tooManyItems();
  if (fault === 'too_many_values')
    return reject('body_too_large', `Send at most ${valuesMax} values in one batch. Nothing was done.`);
  return rejectJson(new SyntaxError(`nested deeper than ${jsonDepthMax} levels`), howTo);
}

function tooManyItems(): Rejection {
  return reject('body_too_large', `Send at most ${itemsMax} items in one batch. Nothing was done.`);
}

/** True where an item may name its call by phone number, in any spelling of that name. */
export function mentionsPhone(item: RawItem): boolean {
  if ('tooLarge' in item) return false;
  if ('line' in item) return phoneName.test(item.line);
  return isJsonObject(item.value) && Object.keys(item.value).some((name) => phoneName.test(name));
}

const phoneName = /phone|caller/i;

const lineFeed = 0x0a;
const spaces = new Set([0x20, 0x09, 0x0d]);
/** A few milliseconds of work; a line may be longer. */
const linesMax = 20_000;

/** Where the lines are that are not blank. @returns null for more than `itemsMax` */
async function splitLines(bytes: Buffer, itemsMax: number, slices: WorkSlices): Promise<ByteRange[] | null> {
  const ranges: ByteRange[] = [];
  let from = 0;
  while (from < bytes.length && ranges.length <= itemsMax) {
    await slices.run(() => {
      for (let lines = 0; lines < linesMax && from < bytes.length && ranges.length <= itemsMax; lines += 1) {
        const found = bytes.indexOf(lineFeed, from);
        const to = found === -1 ? bytes.length : found;
        const range = withoutSpaces(bytes, from, to);
        if (range !== null) ranges.push(range);
        from = to + 1;
      }
    });
  }
  return ranges.length > itemsMax ? null : ranges;
}

/** Null where nothing is left. */
function withoutSpaces(bytes: Buffer, from: number, to: number): ByteRange | null {
  let first = from;
  while (first < to && spaces.has(bytes[first] ?? 0)) first += 1;
  return first === to ? null : { from: first, to };
}
