/** Where a request came from: the peer of its connection, or whom the proxies that are trusted name. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import parseForwarded from 'forwarded-parse';
import { type AddressList, readAddress } from '../../core/access/address-list.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** where the request came from; unlike `ip`, still known once the sender has hung up */
    sourceIp: string;
  }
}

/**
 * Notes the address while the connection is open: many senders do not wait for an answer.
 * @param trustedProxies null: no header is believed
 */
export function noteSourceIp(app: FastifyInstance, trustedProxies: AddressList | null): void {
  app.decorateRequest('sourceIp', 'unknown');
  app.addHook('onRequest', (request, _reply, done) => {
    const peer = request.ip ?? 'unknown';
    request.sourceIp =
      trustedProxies === null
        ? peer.startsWith('::ffff:')
          ? (readAddress(peer) ?? peer)
          : peer
        : clientOf(peer, request.headers, trustedProxies);
    done();
  });
}

/** No request passes more proxies; a header could list thousands. */
const hopsMax = 50;

/**
 * The nearest address that is no trusted proxy. Every proxy adds whom it was asked by at the end, so what is
 * before the first address that is not trusted may be anybody's invention.
 */
function clientOf(peer: string, headers: FastifyRequest['headers'], trusted: AddressList): string {
  let client = readAddress(peer) ?? peer;
  if (!trusted.has(client)) return client;
  for (const hop of hopsOf(headers).slice(-hopsMax).reverse()) {
    const address = readHop(hop);
    if (address === null) return client; // unknown: the proxy that received it is the last known address
    client = address;
    if (!trusted.has(client)) return client;
  }
  return client;
}

/** The sender first. `Forwarded` counts only where there is no `X-Forwarded-For`, which most proxies write. */
function hopsOf(headers: FastifyRequest['headers']): string[] {
  const list = headers['x-forwarded-for'];
  if (list !== undefined) return String(list).split(',');
  if (headers.forwarded === undefined) return [];
  try {
    return parseForwarded(headers.forwarded).map((hop) => hop['for'] ?? '');
  } catch {
    return [''];
  }
}

/** `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`; null for what is no address. */
function readHop(hop: string): string | null {
  const text = hop.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return readAddress(bracketed ?? text.replace(/^([\d.]+):\d+$/, '$1'));
}
