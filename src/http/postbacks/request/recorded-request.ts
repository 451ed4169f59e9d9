/** The request as it is kept in the postback log, without the key (docs/senders.md#the-key), written and read back. */

import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { isKeyName } from '../../../core/updates/fields/field-names.ts';
import {
  type WebhookType,
  webhookTypeNames,
  webhookTypes,
} from '../../../core/updates/fields/webhook-type.ts';
import type { Rejection } from '../../../core/updates/rejection.ts';
import { bareObject } from '../../../core/values/bare-object.ts';
import { isJsonObject, parseStoredJson } from '../../../core/values/json/json.ts';
import { withoutKeys } from '../../../core/values/text/auth-key.ts';
import { announcesBody, type Body, bodyBytesMax, isFormType } from '../../server/body/body.ts';
import type { ReceivedRequest, RequestHead } from './received-request.ts';

/** Names with one value as text, with several as a list. */
type Named = Readonly<Record<string, string | string[] | undefined>>;

/** What the log has of a request, an item of a batch, a row of a file, or an operator's act: `request` of a postback. */
export type RequestRecord = {
  method: string;
  path?: string | undefined;
  query?: Named;
  headers?: Named;
  /** of an item of a batch or one of several records: where it was */
  batch_id?: string;
  index?: number;
  /** what was beside one of several records; null where it is too long to keep */
  envelope?: unknown;
  /** of a row of a file */
  import_key?: string | null;
  row?: number;
  line?: number;
  /** how a body is written, where its content type does not tell; `mapped`: by a mapping that came with the file */
  format?: 'json' | 'csv' | 'ndjson' | 'mapped';
  body?: unknown;
  /** who sent it in the web UI */
  sent_by?: string;
};

/** What is kept of a body that could not be read. */
const unreadableCharsMax = bodyBytesMax;
const secretHeaders = new Set(['authorization', 'x-auth-key', 'cookie', 'proxy-authorization']);

/**
 * JSON text of a record, which `readRecord` reads back. Keys are removed everywhere.
 * @param bodyText JSON text of the body, where it is kept with every digit
 */
export function recordText(record: RequestRecord, bodyText?: string): string {
  const json = JSON.stringify(record);
  const text = bodyText === undefined ? json : `${json.slice(0, -1)},"body":${bodyText}}`;
  return withoutKeys(text);
}

/** A JSON body is recorded with every digit, a form as its names and values, anything else as text. */
export function recordRequest(
  request: Pick<FastifyRequest, 'method' | 'headers' | 'body'> & Pick<RequestHead, 'routeOptions'>,
  received: ReceivedRequest,
  body: Body | Rejection,
): string {
  const text = typeof request.body === 'string' ? request.body : null;
  const isJson = 'kind' in body && (body.kind === 'json' || body.kind === 'list');
  const isJsonInForm = isJson && isFormType(request.headers['content-type']);
  const record = headRecord(request, received);
  if (isJsonInForm) record.format = 'json';
  return recordText(record, bodyText(text, body));
}

/** One record of several, with what a mapping reads beside it. */
export function recordRecord(
  request: FastifyRequest,
  received: ReceivedRequest,
  part: Required<Pick<RequestRecord, 'batch_id' | 'index' | 'envelope'>>,
  record: unknown,
): string {
  const envelope = isJsonObject(part.envelope) ? withoutSecrets(part.envelope) : {};
  const body = isJsonObject(record) ? withoutSecrets(record) : record;
  return recordText({ ...headRecord(request, received), ...part, envelope, body });
}

function headRecord(
  { method, headers, routeOptions }: Pick<RequestHead, 'method' | 'headers' | 'routeOptions'>,
  { query }: ReceivedRequest,
): RequestRecord {
  return { method, path: routeOptions.url, query: namedOf(query), headers: headersRecord(headers) };
}

function bodyText(text: string | null, body: Body | Rejection): string {
  if (text === null || !('kind' in body)) return JSON.stringify(text?.slice(0, unreadableCharsMax) ?? null);
  if (body.kind === 'none') return 'null';
  if (body.kind === 'form') return JSON.stringify(namedOf(body.pairs));
  const hasSecret = body.kind === 'json' && Object.keys(body.payload).some(isKeyName);
  const mayHideKey = text.includes('\\u'); // a key spelled in escapes
  const isText = /^\uFEFF?\s*["%]/.test(text); // that contains the JSON, or a form with it as its only name
  if (!hasSecret && !mayHideKey && !isText) return text.replace(/^\uFEFF/, '');
  return JSON.stringify(body.kind === 'json' ? withoutSecrets(body.payload) : body.items);
}

function namedOf(pairs: URLSearchParams): Named {
  const named = bareObject<string | string[]>();
  for (const [name, value] of pairs) {
    if (isKeyName(name)) continue;
    const before = named[name];
    if (before === undefined) named[name] = value;
    else if (typeof before === 'string') named[name] = [before, value];
    else before.push(value);
  }
  return named;
}

export function headersRecord(headers: IncomingHttpHeaders): Named {
  const kept = bareObject<string | string[] | undefined>();
  for (const name in headers) {
    if (!secretHeaders.has(name) && !isKeyName(name)) kept[name] = headers[name];
  }
  return kept;
}

function withoutSecrets(named: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => !isKeyName(name)));
}

export type ReplayableRequest = {
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
export function readRecord(record: string): ReplayableRequest | null {
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
