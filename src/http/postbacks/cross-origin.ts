/** Pages of any site may post back: the key is all that counts, and no cookie is ever read here (docs/senders.md#browsers). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const exposedHeaders = 'X-Postback-Status, X-Postback-Id, Retry-After, RateLimit, RateLimit-Policy';
const allowedHeaders = 'Content-Type, Idempotency-Key, X-Auth-Key';
const preflightSeconds = 86_400;

/** Every response of the scope is for any origin. */
export function allowAnyOrigin(scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, reply, done) => {
    reply.header('access-control-allow-origin', '*');
    if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', exposedHeaders);
    done();
  });
}

export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

export function answerPreflight(reply: FastifyReply, methods: string): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', methods)
    .header('access-control-allow-headers', allowedHeaders)
    .header('access-control-max-age', preflightSeconds)
    .header('allow', `${methods}, OPTIONS`)
    .send();
}
