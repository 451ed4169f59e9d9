/** A request as the postback log kept it, read back so that it can go through again: the inverse of `recordRequest`. */
import type { IncomingHttpHeaders } from 'node:http';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/webhook-type.ts';
import { isJsonObject, parseStoredJson } from '../../core/values/json.ts';
import { announcesBody, type Body, isFormType } from '../server/body.ts';

export type RecordedRequest = {
  method: string;
  headers: IncomingHttpHeaders;
  query: URLSearchParams;
  body: Body;
  /** of one record of several: what was beside it; null for a whole request */
  envelope: unknown;
  /** what its path names; null for an item of a batch or file, whose webhook decides */
  type: WebhookType | null;
};

/** What a record has in place of what the log cannot keep: an auth key, and characters that JSON cannot carry. */
const notAsSent = /\[auth key\]|\ufffd/;

/**
 * @param record JSON text of a postback, an item of a batch, or a row of a file
 * @returns null where it is not all that was sent: a body that could not be read, characters that cannot be kept, or
 *   what was removed since
 */
export function readRecord(record: string): RecordedRequest | null {
  const read = parseStoredJson(record);
  if (!isJsonObject(read)) return null;
  const { method, path, query = {}, headers = {}, body = null, row, format, removed, envelope = null } = read;
  if (removed === true || format === 'mapped') return null; // read by a mapping that was sent with the file
  if (notAsSent.test(JSON.stringify([query, body, envelope]))) return null;
  const recordedHeaders = (isJsonObject(headers) ? headers : {}) as IncomingHttpHeaders; // as Node gave them
  const isForm = format === 'csv' || (format !== 'json' && isFormType(recordedHeaders['content-type']));
  const recordedBody = readBodyRecord(body, isForm, row !== undefined || announcesBody(recordedHeaders));
  if (recordedBody === null) return null;
  return {
    method: String(method),
    headers: recordedHeaders,
    query: pairsOf(isJsonObject(query) ? query : {}),
    body: recordedBody,
    // A row of a file is a record, whatever `each` says of requests.
    envelope: row === undefined ? envelope : {},
    type: webhookTypeNames.find((name) => typeof path === 'string' && isPathOf(name, path)) ?? null,
  };
}

/** Null for a body that could not be read when it came: of that the record has the text, or nothing. */
function readBodyRecord(body: unknown, isForm: boolean, hadBody: boolean): Body | null {
  if (body === null) return hadBody ? null : { kind: 'none' };
  if (Array.isArray(body)) return { kind: 'list', items: body };
  if (!isJsonObject(body)) return null;
  return isForm ? { kind: 'form', pairs: pairsOf(body) } : { kind: 'json', payload: body };
}

function pairsOf(names: Record<string, unknown>): URLSearchParams {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(names)) {
    for (const one of [value].flat()) pairs.append(name, String(one));
  }
  return pairs;
}

function isPathOf(type: WebhookType, path: string): boolean {
  const { path: name } = webhookTypes[type];
  return path === `/${name}` || path === `/${name}.gif`;
}
