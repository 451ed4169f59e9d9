import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '../core/refusal.ts';
import { sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** how long a body may take to arrive, where that is not the scope's default */
    bodyMsMax?: number;
  }
}

/**
 * Cuts off senders whose body does not arrive in time, with 408. Node's own limit counts for all routes alike,
 * and an import may stream for an hour.
 * @param msDefault for routes that say nothing else
 */
export function limitBodyTime(scope: FastifyInstance, msDefault: number): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  scope.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET') {
      const cutOff = () => {
        if (reply.sent) return;
        reply.header('connection', 'close');
        sendProblem(reply, refuse('request_timeout', 'Send the whole body at once; nothing was done.'));
        reply.raw.once('finish', () => request.raw.destroy());
      };
      timers.set(request, setTimeout(cutOff, request.routeOptions.config.bodyMsMax ?? msDefault));
    }
    done();
  });
  const stop = (request: FastifyRequest) => clearTimeout(timers.get(request));
  scope.addHook('preHandler', (request, _reply, done) => {
    stop(request);
    done();
  });
  scope.addHook('onResponse', (request, _reply, done) => {
    stop(request);
    done();
  });
  scope.addHook('onRequestAbort', (request, done) => {
    stop(request);
    done();
  });
}
