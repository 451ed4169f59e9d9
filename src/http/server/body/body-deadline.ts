import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { reject } from '../../../core/updates/rejection.ts';
import { sendProblem } from '../errors/problem.ts';
import { announcesBody } from './body.ts';
import { UnreadableBody } from './unreadable-body.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** how long a body may take to arrive, where that is not the scope's default */
    bodyMsMax?: number;
  }
}

/** How often late bodies are looked for: one timer for all requests costs less than one for each. */
const sweepMs = 1_000;

/**
 * Cuts off senders whose body does not arrive in time, with 408. Node's own limit counts for all routes alike,
 * and an import may stream for an hour.
 * @param msDefault for routes that say nothing else
 */
export function limitBodyTime(scope: FastifyInstance, msDefault: number): void {
  const arriving = new Map<FastifyRequest, { reply: FastifyReply; endMs: number }>();
  const sweep = setInterval(() => {
    const nowMs = performance.now();
    for (const [request, { reply, endMs }] of arriving) {
      const isOver = reply.sent || request.raw.destroyed;
      if (!isOver && endMs > nowMs) continue;
      arriving.delete(request);
      if (!isOver) cutOff(request, reply);
    }
  }, sweepMs).unref();
  scope.addHook('onClose', (_scope, done) => {
    clearInterval(sweep);
    done();
  });
  scope.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET' || announcesBody(request.headers)) {
      const bodyMsMax = request.routeOptions.config.bodyMsMax ?? msDefault;
      arriving.set(request, { reply, endMs: performance.now() + bodyMsMax });
    }
    done();
  });
  // A body that never gets here is dropped by the next sweep: hooks for that would cost every request.
  scope.addHook('preHandler', (request, _reply, done) => {
    arriving.delete(request);
    done();
  });
}

/** The reader of the body sees a broken one: the endpoint responds, and the log has it like others. */
function cutOff(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  reply.header('connection', 'close');
  reply.raw.once('finish', () => request.raw.destroy());
  const rejection = reject('request_timeout', 'Send the whole body at once; nothing was done.');
  if (request.raw.listenerCount('error') > 0) request.raw.emit('error', new UnreadableBody(rejection));
  else sendProblem(reply, rejection);
}
