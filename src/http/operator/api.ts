import cookies from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { rejectFaults } from '../../core/updates/rejection.ts';
import type { Fault } from '../../core/values/fault.ts';
import { leaveBodiesUnread } from '../files/file-request.ts';
import { sendProblem } from '../server/errors/problem.ts';
import { rejectRole } from './access/access.ts';
import { registerAuditRoutes } from './access/audit.ts';
import { authenticate } from './access/authenticate.ts';
import { registerPeopleRoutes } from './access/people.ts';
import { registerSessionRoutes } from './access/session.ts';
import { registerTokenRoutes } from './access/tokens.ts';
import { registerAccountRoutes } from './accounts/account.ts';
import { registerAccountsRoutes } from './accounts/accounts.ts';
import { registerCallDataRoute } from './call-data/call-data.ts';
import { registerCallRoutes } from './calls/calls.ts';
import { registerCallChanges } from './calls/changes/call-changes.ts';
import { registerCallLists } from './calls/lists/call-lists.ts';
import { registerNameLists } from './calls/lists/call-names.ts';
import { registerCallTotals } from './calls/lists/call-totals.ts';
import { registerCallsCsv } from './calls/lists/calls-csv.ts';
import { registerEventRoute } from './events/events.ts';
import { registerFieldRoute } from './fields/fields.ts';
import { registerInspectionRoute } from './files/inspection.ts';
import { registerImportRoute } from './imports/imports.ts';
import { readJsonBodies } from './json-body.ts';
import { registerDeliveryRoutes } from './outgoing/deliveries.ts';
import { registerOutgoingRoutes } from './outgoing/outgoing.ts';
import { registerOutgoingPreviews } from './outgoing/previews.ts';
import { registerOverviewRoutes } from './overview/overview.ts';
import { registerReportRoute } from './overview/reports.ts';
import { registerAttachRoutes } from './postbacks/attach.ts';
import { registerAttachMatchingRoute } from './postbacks/attach-matching.ts';
import { registerPostbackLogRoutes } from './postbacks/postbacks.ts';
import { registerReplayRejectedRoute } from './postbacks/replay-rejected.ts';
import { registerReplayRoute } from './postbacks/replays.ts';
import { registerUndoRoute } from './postbacks/undo.ts';
import { registerPresetRoute } from './presets/presets.ts';
import { registerReconciliationRoute } from './reconciliations/reconciliations.ts';
import type { Api } from './route.ts';
import { registerSampleDataRoutes } from './sample-data/sample-data.ts';
import { registerViewRoutes } from './views/views.ts';
import { registerWebhookActivityRoutes } from './webhooks/activity/webhook-activity.ts';
import { registerExplainRoute } from './webhooks/requests/explain.ts';
import { registerReplayKeptRoute } from './webhooks/requests/replay-kept.ts';
import { registerWebhookTestRoute } from './webhooks/requests/webhook-test.ts';
import { registerWebhookUndoRoute } from './webhooks/undo/webhook-undo.ts';
import { registerWebhookRoutes } from './webhooks/webhooks.ts';

/** The operator's side: every route needs a token or a session. */
export function registerApi(app: FastifyInstance, api: Api): void {
  app.decorateRequest('owner');
  app.decorateRequest('sessionExpiresAt', null);
  app.decorateRequest('secretHash');
  readJsonBodies(app, api.bodyBytes);
  app.register(cookies);
  app.addHook('onRequest', async (request, reply) => {
    const found = await authenticate(api, request);
    if ('code' in found) return sendProblem(reply, found);
    request.owner = found.owner;
    request.sessionExpiresAt = found.expiresAt;
    request.secretHash = found.secretHash;
    const rejection = await rejectRole(api.store, request);
    if (rejection !== null) return sendProblem(reply, rejection);
  });
  app.addHook('preValidation', rejectUnknownQuery);
  registerSessionRoutes(app, api);
  registerCallRoutes(app, api);
  registerCallLists(app, api);
  registerCallTotals(app, api);
  app.register(async (scope) => registerCallChanges(scope, api));
  registerViewRoutes(app, api);
  registerNameLists(app, api);
  registerFieldRoute(app);
  app.register(async (scope) => registerCallsCsv(scope, api));
  app.register(async (scope) => registerEventRoute(scope, api));
  registerPresetRoute(app, api);
  registerWebhookRoutes(app, api);
  registerWebhookActivityRoutes(app, api);
  registerWebhookTestRoute(app, api);
  registerWebhookUndoRoute(app, api);
  registerOutgoingRoutes(app, api);
  registerOutgoingPreviews(app, api);
  registerDeliveryRoutes(app, api);
  registerReplayKeptRoute(app, api);
  registerExplainRoute(app, api);
  registerPostbackLogRoutes(app, api);
  registerReplayRoute(app, api);
  registerUndoRoute(app, api);
  registerAttachRoutes(app, api);
  registerAttachMatchingRoute(app, api);
  registerReplayRejectedRoute(app, api);
  registerCallDataRoute(app, api);
  registerReportRoute(app, api);
  registerOverviewRoutes(app, api);
  registerSampleDataRoutes(app, api);
  registerAccountRoutes(app, api);
  registerAccountsRoutes(app, api);
  registerTokenRoutes(app, api);
  registerPeopleRoutes(app, api);
  registerAuditRoutes(app, api);
  app.register(async (scope) => registerFileRoutes(scope, api));
}

/** A parameter that a changing route does not know may say that nothing is to be changed: `dry_run`. */
async function rejectUnknownQuery(request: FastifyRequest, reply: FastifyReply) {
  const { method, query, routeOptions } = request;
  if (method === 'GET' || routeOptions.schema?.querystring !== undefined) return;
  const detail = 'There is no such parameter here: this takes none in its URL. Nothing was done.';
  const faults = Object.keys(Object(query)).map((field): Fault => ({ field, code: 'unknown_field', detail }));
  if (faults.length > 0) return sendProblem(reply, rejectFaults(faults));
}

/** The routes that take files as long as they may be. */
function registerFileRoutes(scope: FastifyInstance, api: Api): void {
  const stopping = new AbortController();
  scope.addHook('preClose', async () => stopping.abort());
  leaveBodiesUnread(scope);
  registerInspectionRoute(scope, stopping.signal);
  registerImportRoute(scope, api, stopping.signal);
  registerReconciliationRoute(scope, api, stopping.signal);
}
