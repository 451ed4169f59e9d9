/** A request at a postback endpoint, as far as it can be read before its body is. */
import type { FastifyRequest } from 'fastify';
import type { AnswerForm } from '../../core/updates/decode.ts';
import { instantOfId, makeOrderedId } from '../../ordered-id.ts';
import { bytesOf } from './postback-lines.ts';

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
  /** as presented; null when none was */
  key: string | null;
  /** what the URL asks for; the payload may ask for another form */
  answerForm: AnswerForm;
};

export function receive(request: FastifyRequest): ReceivedRequest {
  const { url, headers, sourceIp, method } = request;
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const postbackId = makeOrderedId();
  return {
    postbackId,
    receivedAt: instantOfId(postbackId),
    sourceIp,
    method,
    bytes: bytesOf(headers),
    query,
    key: keyOf(query, headers),
    answerForm: answerFormOf(request.routeOptions.url ?? '', query),
  };
}

/**
 * Query `auth_key`, query `moja_auth_key`, `X-Auth-Key`, bearer token: the first one found (docs/senders.md#the-key). An empty one is
 * what a sender's template leaves where it has none.
 */
function keyOf(query: URLSearchParams, headers: FastifyRequest['headers']): string | null {
  const named = query.get('auth_key') || query.get('moja_auth_key') || headers['x-auth-key'];
  if (named) return String(named);
  return /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

function answerFormOf(path: string, query: URLSearchParams): AnswerForm {
  if (path.endsWith('.gif')) return 'gif';
  const asked = query.get('return')?.trim().toLowerCase();
  return asked === 'gif' || asked === 'text' || asked === 'none' ? asked : 'json';
}
