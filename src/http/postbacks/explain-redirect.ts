import type { FastifyRequest } from 'fastify';
import type { Postback } from '../../core/updates/postback.ts';
import type { ReceivedRequest } from './received-request.ts';

const namesWithoutContent = new Set(['auth_key', 'moja_auth_key', 'return']);

/**
 * A GET with nothing but the key is most often a POST that was redirected: clients repeat it as a GET and drop the body. Its
 * rejection tells the sender so, with the URL that does not redirect.
 */
export function explainRedirect(
  postback: Postback,
  { method, body, routeOptions }: FastifyRequest,
  { query }: ReceivedRequest,
  publicUrl: () => string,
): Postback {
  const { rejection } = postback;
  const isBare = method === 'GET' && body === undefined && rejection?.code === 'call_not_identified';
  if (!isBare || [...query.keys()].some((name) => !namesWithoutContent.has(name))) return postback;
  const detail = `This request has nothing but the key. If it was sent as a POST, a redirect (such as from http to https) made it a GET and dropped its body: send to ${publicUrl()}${routeOptions.url}, which does not redirect. ${rejection.detail}`;
  return { ...postback, rejection: { ...rejection, detail } };
}
