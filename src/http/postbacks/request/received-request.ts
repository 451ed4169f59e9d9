/** A request at a postback endpoint, as far as it can be read before its body is. */

import type { FastifyRequest } from 'fastify';
import type { AnswerForm } from '../../../core/updates/decode/decode.ts';
import { isKeyName, plainName } from '../../../core/updates/fields/field-names.ts';
import type { Rejection } from '../../../core/updates/rejection.ts';
import { instantOfId, makeOrderedId } from '../../../ordered-id.ts';
import type { Body } from '../../server/body/body.ts';
import { bytesOf } from '../postback-lines.ts';
import { readQuery } from './query-text.ts';

export type ReceivedRequest = {
  /** uuid v7 */
  postbackId: string;
  /** instant; the time in the id */
  receivedAt: string;
  sourceIp: string;
  method: string;
  /** of the body, as announced; null where nothing is */
  bytes: number | null;
  query: URLSearchParams;
  /** why the query cannot be read */
  queryFault: Rejection | null;
  /** as presented, without whitespace around it; null when none was. A form may bring it later */
  key: string | null;
  /** what the URL asks for; the payload may ask for another form */
  answerForm: AnswerForm;
};

/** What is known of a request before its body is read. */
export type RequestHead = Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'sourceIp'> & {
  routeOptions: Pick<FastifyRequest['routeOptions'], 'url'>;
};

export function receive(request: RequestHead): ReceivedRequest {
  const { url, headers, sourceIp, method } = request;
  const { pairs: query, fault: queryFault } = readQuery(url, headers['content-type']);
  const postbackId = makeOrderedId();
  return {
    postbackId,
    receivedAt: instantOfId(postbackId),
    sourceIp,
    method,
    bytes: bytesOf(headers),
    query,
    queryFault,
    key: keyOf(query, headers),
    answerForm: answerFormOf(request.routeOptions.url ?? '', query),
  };
}

/**
 * Query `auth_key`, query `moja_auth_key`, `X-Auth-Key`, bearer token: the first one found (docs/senders.md#the-key). An
 * empty one is what a sender's template leaves where it has none.
 */
function keyOf(query: URLSearchParams, headers: FastifyRequest['headers']): string | null {
  const inQuery = keyIn(query, 'auth_key') || keyIn(query, 'moja_auth_key');
  if (inQuery) return inQuery;
  const inHeader = headers['x-auth-key'];
  if (inHeader) return trimKey(String(inHeader));
  return /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** The last place of a key: for senders that can set neither URL nor headers. */
export function keyInForm(body: Body | Rejection): string | null {
  return ('kind' in body && body.kind === 'form' && keyIn(body.pairs, 'auth_key')) || null;
}

/** The key under this name, in any spelling of the name. */
function keyIn(pairs: URLSearchParams, name: string): string | undefined {
  const value = pairs.get(name);
  if (value !== null) return trimKey(value);
  for (const [other, spelled] of pairs) {
    if (isKeyName(other) && plainName(other) === plainName(name)) return trimKey(spelled);
  }
  return undefined;
}

/** Whitespace and invisible characters are what is copied along with a key. */
function trimKey(key: string): string {
  return key.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
}

function answerFormOf(path: string, query: URLSearchParams): AnswerForm {
  if (path.endsWith('.gif')) return 'gif';
  const asked = query.get('return')?.trim().toLowerCase();
  return asked === 'gif' || asked === 'text' || asked === 'none' ? asked : 'json';
}
