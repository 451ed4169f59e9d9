/** The request as it is kept in the postback log, without the key (docs/senders.md#the-key). */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Rejection } from '../../core/updates/rejection.ts';
import { isJsonObject } from '../../core/values/json.ts';
import { type Body, bodyBytesMax, isFormType } from '../server/body.ts';
import type { ReceivedRequest, RequestHead } from './received-request.ts';

/** What is kept of a body that could not be read. */
const unreadableCharsMax = bodyBytesMax;
/** What `makeSecret` makes: this webhook's key or another's, wherever a sender put it. */
const madeKey = /rbk_[\w-]{43}/g;
const secretNames = ['auth_key', 'moja_auth_key'];
const secretHeaders = new Set([
  'authorization',
  'x-auth-key',
  'cookie',
  'proxy-authorization',
  ...secretNames,
]);

/**
 * JSON text of `{ method, path, query, headers, body }`, which `readRecord` reads back. A JSON body is in it with every
 * digit, a form as its names
 * and values, anything else as text. Keys are removed everywhere.
 */
export function recordRequest(
  request: Pick<FastifyRequest, 'method' | 'headers' | 'body'> & Pick<RequestHead, 'routeOptions'>,
  { query }: ReceivedRequest,
  body: Body | Rejection,
): string {
  const text = typeof request.body === 'string' ? request.body : null;
  const isJson = 'kind' in body && (body.kind === 'json' || body.kind === 'list');
  const isJsonInForm = isJson && isFormType(request.headers['content-type']);
  const format = isJsonInForm ? ',"format":"json"' : '';
  const record = `{"method":"${request.method}","path":"${request.routeOptions.url}","query":${pairsText(query)},"headers":${headersText(request.headers)},"body":${bodyText(text, body)}${format}}`;
  return record.includes('rbk_') ? record.replace(madeKey, '[auth key]') : record;
}

/** One record of several, with what a mapping reads beside it. */
export function recordRecord(
  request: FastifyRequest,
  { query }: ReceivedRequest,
  {
    batchId,
    index,
    record,
    envelope,
  }: { batchId: string; index: number; record: unknown; envelope: unknown },
): string {
  const body = isJsonObject(record) ? withoutSecrets(record) : record;
  const outside = isJsonObject(envelope) ? withoutSecrets(envelope) : {};
  const text = `{"method":"${request.method}","path":"${request.routeOptions.url}","query":${pairsText(query)},"headers":${headersText(request.headers)},"batch_id":"${batchId}","index":${index},"envelope":${JSON.stringify(outside)},"body":${JSON.stringify(body)}}`;
  return text.includes('rbk_') ? text.replace(madeKey, '[auth key]') : text;
}

function bodyText(text: string | null, body: Body | Rejection): string {
  if (text === null || !('kind' in body)) return JSON.stringify(text?.slice(0, unreadableCharsMax) ?? null);
  if (body.kind === 'none') return 'null';
  if (body.kind === 'form') return pairsText(body.pairs);
  const hasSecret = body.kind === 'json' && secretNames.some((name) => Object.hasOwn(body.payload, name));
  const mayHideKey = text.includes('\\u'); // a key spelled in escapes
  const isText = /^\uFEFF?\s*"/.test(text); // that contains the JSON
  if (!hasSecret && !mayHideKey && !isText) return text.replace(/^\uFEFF/, '');
  return JSON.stringify(body.kind === 'json' ? withoutSecrets(body.payload) : body.items);
}

/** Names with one value as text, with several as a list. */
function pairsText(pairs: URLSearchParams): string {
  if (pairs.size === 0) return '{}';
  const object: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    if (secretNames.includes(name)) continue;
    const before = object[name];
    if (before === undefined) object[name] = value;
    else if (typeof before === 'string') object[name] = [before, value];
    else before.push(value);
  }
  return JSON.stringify(object);
}

/** Spelled out by hand: a header's name needs no escaping in JSON, and every postback has headers. */
export function headersText(headers: IncomingHttpHeaders): string {
  let text = '';
  for (const name in headers) {
    if (!secretHeaders.has(name))
      text += `${text === '' ? '' : ','}"${name}":${JSON.stringify(headers[name])}`;
  }
  return `{${text}}`;
}

function withoutSecrets(named: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => !secretNames.includes(name)));
}
