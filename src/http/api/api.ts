import type { FastifyInstance } from 'fastify';
import { parseJson } from '../../core/json.ts';
import { refuse } from '../../core/refusal.ts';
import type { Writer } from '../../ingest/writer.ts';
import type { Store, TokenOwner } from '../../store/store.ts';
import { sendProblem } from '../problem.ts';
import { hashSecret } from '../secret.ts';
import { registerAccountRoutes } from './account.ts';
import { registerCallRoutes } from './calls.ts';
import { registerPostbackLogRoutes } from './postbacks.ts';
import { registerWebhookRoutes } from './webhooks.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** whose token the request carries; set for every route below /api/v1 that wants one */
    owner: TokenOwner;
  }
}

export type Api = { store: Store; writer: Pick<Writer, 'submit'>; publicUrl(): string };

/** The operator's side: every route wants a token (contract 3). */
export function registerApi(app: FastifyInstance, api: Api): void {
  app.decorateRequest('owner');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'text/json'],
    { parseAs: 'string' },
    (_request, text, done) => {
      try {
        done(null, text === '' ? undefined : parseJson(String(text)));
      } catch (error) {
        done(Object.assign(new Error('the body is not valid JSON', { cause: error }), { statusCode: 400 }));
      }
    },
  );
  app.addHook('onRequest', async (request, reply) => {
    const token = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
    const owner = token === undefined ? null : await api.store.findTokenOwner(hashSecret(token));
    if (owner !== null) request.owner = owner;
    else sendProblem(reply, refuse('invalid_token', 'Send an API token: Authorization: Bearer TOKEN.'));
  });
  registerCallRoutes(app, api);
  registerWebhookRoutes(app, api);
  registerPostbackLogRoutes(app, api);
  registerAccountRoutes(app, api);
}

/** What every route below /api/v1 answers beside its own. */
export const apiDocs = { security: [{ bearer: [] }] };
