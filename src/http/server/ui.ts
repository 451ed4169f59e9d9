/** The web UI: a build of static files. Its pages are routes of the browser, so that all of them are one file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Paths that the browser's router knows; `*` takes ids of calls too, whatever is in them. */
const pages = [
  ...['', 'sign-in', 'overview', 'system', 'calls/*', 'postbacks', 'postbacks/*'],
  ...['webhooks', 'webhooks/*', 'files', 'files/*', 'access', 'access/*'],
];
/** Files beside index.html, whose names do not change with their content. */
const files = ['theme.js', 'favicon.svg'];

/** This page has the path of an endpoint for senders. Senders send a key, and people have a browser. */
const sharedPage = 'calls';
type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1];
const isOfBrowser: Strategy = {
  name: 'reader',
  storage: () => {
    const stores = new Map<unknown, Handler>();
    return {
      get: (reader) => stores.get(reader) ?? null,
      set: (reader, store) => void stores.set(reader, store),
    };
  },
  deriveConstraint: ({ method, url = '', headers: sent }) =>
    method === 'GET' &&
    url.startsWith(`/${sharedPage}`) &&
    sent.accept?.includes('text/html') === true &&
    !/[?&;](?:moja_)?auth_key=/.test(url) &&
    sent['x-auth-key'] === undefined &&
    sent.authorization === undefined
      ? 'browser'
      : 'sender',
  validate: () => true,
};

/** Must be called before any route is registered. */
export function tellBrowsersFromSenders(app: FastifyInstance): void {
  app.addConstraintStrategy(isOfBrowser);
}

const headers = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** A browser that opens an unknown address gets a page. Programs get the error as JSON. */
export function wantsPage({ method, url, headers: sent }: FastifyRequest): boolean {
  return (
    method === 'GET' && sent.accept?.includes('text/html') === true && !/^\/(?:api|assets)(?:\/|$)/.test(url)
  );
}

/** The router of the browser does not know the path either, and says so. */
export async function sendNotFoundPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const page = await readFile(join(folder, 'index.html'));
  return reply
    .code(404)
    .headers(headers)
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(page);
}

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
  const constraints = { reader: 'browser' };
  app.get(`/${sharedPage}`, { schema: { hide: true }, constraints }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', folder, fresh),
  );
  for (const file of files) {
    app.get(`/${file}`, { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile(file, folder, fresh),
    );
  }
}
