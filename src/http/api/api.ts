import cookies from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { leaveBodiesUnread } from '../files/file-request.ts';
import { sendProblem } from '../problem.ts';
import { refuseRole } from './access.ts';
import { registerAccountRoutes } from './account.ts';
import { registerAccountsRoutes } from './accounts.ts';
import { registerAuditRoutes } from './audit.ts';
import { authenticate } from './authenticate.ts';
import { registerCallLists } from './call-lists.ts';
import { registerNameLists } from './call-names.ts';
import { registerCallRoutes } from './calls.ts';
import { registerCallsCsv } from './calls-csv.ts';
import { registerEventRoute } from './events.ts';
import { registerImportRoute } from './imports.ts';
import { readJsonBodies } from './json-body.ts';
import { registerOverviewRoutes } from './overview.ts';
import { registerPostbackLogRoutes } from './postbacks.ts';
import { registerReconciliationRoute } from './reconciliations.ts';
import { registerReplayRoute } from './replays.ts';
import { registerReportRoute } from './reports.ts';
import type { Api } from './route.ts';
import { registerSessionRoutes } from './session.ts';
import { registerTokenRoutes } from './tokens.ts';
import { registerWebhookActivityRoutes } from './webhook-activity.ts';
import { registerWebhookTestRoute } from './webhook-test.ts';
import { registerWebhookRoutes } from './webhooks.ts';

/** The operator's side: every route wants a token, or the session of one (contract 3). */
export function registerApi(app: FastifyInstance, api: Api): void {
  app.decorateRequest('owner');
  app.decorateRequest('sessionExpiresAt', null);
  app.decorateRequest('secretHash');
  readJsonBodies(app);
  app.register(cookies);
  app.addHook('onRequest', async (request, reply) => {
    const found = await authenticate(api, request);
    if ('code' in found) return sendProblem(reply, found);
    request.owner = found.owner;
    request.sessionExpiresAt = found.expiresAt;
    request.secretHash = found.secretHash;
    const refusal = await refuseRole(api.store, request);
    if (refusal !== null) return sendProblem(reply, refusal);
  });
  registerSessionRoutes(app, api);
  registerCallRoutes(app, api);
  registerCallLists(app, api);
  registerNameLists(app, api);
  app.register(async (scope) => registerCallsCsv(scope, api));
  app.register(async (scope) => registerEventRoute(scope, api));
  registerWebhookRoutes(app, api);
  registerWebhookActivityRoutes(app, api);
  registerWebhookTestRoute(app, api);
  registerPostbackLogRoutes(app, api);
  registerReplayRoute(app, api);
  registerReportRoute(app, api);
  registerOverviewRoutes(app, api);
  registerAccountRoutes(app, api);
  registerAccountsRoutes(app, api);
  registerTokenRoutes(app, api);
  registerAuditRoutes(app, api);
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
