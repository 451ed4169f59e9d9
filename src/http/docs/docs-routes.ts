/** The documentation: the reference of the API, and the guides of `docs/` beside it. */
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { projectFile } from '../../project-file.ts';
import type { Document } from './document.ts';
import { renderGuide } from './guide.ts';
import { type Guide, guideTitles, type Site } from './page.ts';
import { renderReference } from './reference.ts';

type Compressed = Record<'br' | 'gzip' | 'identity', Buffer>;

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
};
const hidden = { schema: { hide: true } };
/** Of 11: half a megabyte takes 20 ms, once. */
const brotliQuality = 6;

/** @param site known once the port is */
export function registerDocs(app: FastifyInstance, site: () => Site): void {
  const kept = new Map<string, Promise<Compressed>>();
  const serve = (path: string, type: string, render: () => string) =>
    app.get(path, hidden, async (request, reply) => {
      const page = kept.get(path) ?? compress(render());
      kept.set(path, page);
      return sendCompressed(request, reply.headers(headers).type(`${type}; charset=utf-8`), await page);
    });
  // The library's type is of its own reader of the description; ours is of what the page shows.
  serve('/docs', 'text/html', () => renderReference(app.swagger() as unknown as Document, site()));
  for (const name of Object.keys(guideTitles) as Guide[]) // its own keys
    serve(`/docs/${name}`, 'text/html', () => renderGuide(name, site()));
  serve('/docs/docs.css', 'text/css', () => readFileSync(projectFile('src/http/docs/docs.css'), 'utf8'));
}

async function compress(text: string): Promise<Compressed> {
  const identity = Buffer.from(text);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params }),
    promisify(gzip)(identity),
  ]);
  return { br, gzip: gz, identity };
}

function sendCompressed(
  { headers: sent }: FastifyRequest,
  reply: FastifyReply,
  page: Compressed,
): FastifyReply {
  const accepted = String(sent['accept-encoding'] ?? '');
  const encoding = (['br', 'gzip'] as const).find((name) => accepted.includes(name)) ?? 'identity';
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.send(page[encoding]);
}
