import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** where the request came from; unlike `ip`, still known once the sender has hung up */
    sourceIp: string;
  }
}

/** Notes the address while the connection stands: many senders do not wait for an answer. */
export function noteSourceIp(app: FastifyInstance): void {
  app.decorateRequest('sourceIp', 'unknown');
  app.addHook('onRequest', (request, _reply, done) => {
    request.sourceIp = request.ip ?? 'unknown';
    done();
  });
}
