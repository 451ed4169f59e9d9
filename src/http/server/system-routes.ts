import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { reject } from '../../core/updates/rejection.ts';
import type { Store } from '../../store/store.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { problem } from '../operator/problem-schemas.ts';
import { sendProblem } from './errors/problem.ts';

const status = Type.Object({ status: Type.String({ examples: ['ok'] }) }, { title: 'Health' });
const text = {
  200: {
    description: 'Metrics',
    content: { 'text/plain': { schema: Type.String({ examples: ['ringback_queue_depth 0'] }) } },
  },
};

export function registerSystemRoutes(
  app: FastifyInstance,
  { store, metrics, publicUrl }: { store: Store; metrics: Metrics; publicUrl(): string },
): void {
  const docs = (summary: string, response: object) => ({
    tags: ['system'],
    summary,
    security: [],
    response: { ...response, '4xx': problem },
  });

  app.get(
    '/healthz',
    { exposeHeadRoute: true, schema: docs('Is the process alive?', { 200: status }) },
    async () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      exposeHeadRoute: true,
      schema: docs('Is the database reachable and migrated?', { 200: status, 503: problem }),
    },
    async (request, reply) => {
      const version = await store.schemaVersion().catch((error: unknown) => {
        request.log.warn({ err: error }, 'not ready');
        return 0;
      });
      if (version === store.latestSchemaVersion) return { status: 'ok' };
      return sendProblem(
        reply,
        reject(
          'store_unavailable',
          'The database cannot be reached or is not migrated: check that it runs, then restart Ringback.',
        ),
      );
    },
  );

  app.get('/metrics', { schema: docs('Metrics for Prometheus', text) }, async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.read()),
  );

  app.get(
    '/openapi.json',
    {
      schema: docs('This description of all routes', {
        200: Type.Unknown({ examples: [{ openapi: '3.1.0' }] }),
      }),
    },
    async () => ({ ...app.swagger(), servers: [{ url: serverUrl(publicUrl()) }] }),
  );
}

/** An address that only this machine knows is left out: then the description is of where it was read. */
function serverUrl(publicUrl: string): string {
  const { hostname, pathname } = new URL(publicUrl);
  return hostname === 'localhost' ? pathname : publicUrl;
}
