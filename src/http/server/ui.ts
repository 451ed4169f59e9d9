/** The web UI: a build of static files. Its pages are routes of the browser, so that all of them are one file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { preparePages } from './page-preloads.ts';

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
export function sendNotFoundPage(reply: FastifyReply, page: string): FastifyReply {
  return sendPage(reply.code(404).headers(headers), page);
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
}

/** The one page, whose links begin with the path of PUBLIC_URL: browsers read it at addresses of any depth. */
export function readPage(folder: string, basePath: string): string {
  return readFileSync(join(folder, 'index.html'), 'utf8')
    .replaceAll('="./', `="${basePath}/`)
    .replace('name="base-path" content=""', `name="base-path" content="${basePath}"`);
}

/**
 * @param folder what `npm run build:ui` wrote
 * @param html its page: see `readPage`
 */
export async function registerUi(
  app: FastifyInstance,
  folder: string,
  html: string,
  basePath: string,
): Promise<void> {
  const htmlOf = preparePages(folder, html, basePath);
  const answer = ({ url }: FastifyRequest, reply: FastifyReply) => {
    const [path = '', query] = url.slice(1).split('?');
    return sendPage(reply, htmlOf(path.replace(/\/$/, ''), query !== undefined));
  };
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
    app.get(`/${page}`, { schema: { hide: true } }, answer);
  }
  const constraints = { reader: 'browser' };
  app.get(`/${sharedPage}`, { schema: { hide: true }, constraints }, answer);
  for (const file of files) {
    app.get(`/${file}`, { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile(file, folder, fresh),
    );
  }
}
