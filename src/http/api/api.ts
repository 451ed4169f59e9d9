import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson } from '../../core/json.ts';
import { refuse } from '../../core/refusal.ts';
import { bodyBytesMax, decodeText, UnreadableBody, unsupportedMediaType } from '../body.ts';
import { leaveBodiesUnread } from '../files/file-request.ts';
import { sendProblem } from '../problem.ts';
import { hashSecret } from '../secret.ts';
import { registerAccountRoutes } from './account.ts';
import { registerCallLists } from './call-lists.ts';
import { registerCallRoutes } from './calls.ts';
import { registerImportRoute } from './imports.ts';
import { registerPostbackLogRoutes } from './postbacks.ts';
import { registerReconciliationRoute } from './reconciliations.ts';
import type { Api } from './route.ts';
import { registerWebhookRoutes } from './webhooks.ts';

/** The operator's side: every route wants a token (contract 3). */
export function registerApi(app: FastifyInstance, api: Api): void {
  app.decorateRequest('owner');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: bodyBytesMax },
    async ({ headers }: FastifyRequest, bytes: Buffer) =>
      readJson(decodeText(bytes, headers['content-encoding']), headers['content-type']),
  );
  app.addHook('onRequest', async (request, reply) => {
    const token = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
    const owner = token === undefined ? null : await api.store.findTokenOwner(hashSecret(token));
    if (owner === null)
      return sendProblem(reply, refuse('invalid_token', 'Send an API token: Authorization: Bearer TOKEN.'));
    request.owner = owner;
  });
  registerCallRoutes(app, api);
  registerCallLists(app, api);
  registerWebhookRoutes(app, api);
  registerPostbackLogRoutes(app, api);
  registerAccountRoutes(app, api);
  app.register(async (scope) => registerFileRoutes(scope, api));
}

/** The routes that take files as long as they may be. */
function registerFileRoutes(scope: FastifyInstance, api: Api): void {
  const stopping = new AbortController();
  scope.addHook('preClose', async () => stopping.abort());
  leaveBodiesUnread(scope);
  registerImportRoute(scope, api, stopping.signal);
  registerReconciliationRoute(scope, api, stopping.signal);
}

/**
 * The value of a JSON body; undefined where there is none.
 * @throws UnreadableBody
 */
function readJson(text: string, contentType: string | undefined): unknown {
  if (text.trim() === '') return undefined;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json' && mediaType !== 'text/json') {
    throw new UnreadableBody(unsupportedMediaType('application/json'));
  }
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it cannot be parsed';
    throw new UnreadableBody(
      refuse('malformed_body', `The body is not valid JSON: ${reason}. Send one JSON object.`),
    );
  }
}
