/** The web UI: a build of static files. Its pages are routes of the browser, so that all of them are one file. */
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Paths that the browser's router knows; `*` takes ids of calls too, whatever is in them. */
const pages = [
  '',
  'sign-in',
  'overview',
  'calls',
  'calls/*',
  'postbacks',
  'postbacks/*',
  'webhooks/*',
  'access/*',
];
/** Files beside index.html, whose names do not change with their content. */
const files = ['theme.js', 'favicon.svg'];

const headers = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** @param folder what `npm run build:ui` wrote */
export async function registerUi(app: FastifyInstance, folder: string): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    immutable: true, // their names carry a hash of their content
    maxAge: '1y',
  });
  const fresh = { root: folder, cacheControl: false };
  for (const page of pages) {
    app.get(`/${page}`, { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile('index.html', folder, fresh),
    );
  }
  for (const file of files) {
    app.get(`/${file}`, { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile(file, folder, fresh),
    );
  }
}
